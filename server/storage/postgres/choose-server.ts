import pg from 'pg'

/** Milliseconds for a server to say what it is while messages wait; a start has more time. */
const PROBE_LIMIT = 1500

/** A server as it describes itself. */
export interface Found {
  address: string
  /** As `server_version_num`: 150004 is 15.4. */
  version: number
  isReadOnly: boolean
  /** Counted up by each promotion; 0 where it is a standby. */
  timeline: number
}

/** No server takes writes now; those that answered are read-only. */
export class NoServer extends Error {
  readonly found: Found[]
  constructor(found: Found[], cause: unknown) {
    super('no server takes writes', { cause })
    this.found = found
  }
}

// The first eight digits of a WAL file's name are its timeline: what anybody may ask.
const PROBE = `SELECT current_setting('server_version_num')::int AS version,
  pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only,
  CASE WHEN pg_is_in_recovery() THEN '0' ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END AS timeline`

async function probe(address: string, limit: number): Promise<Found> {
  const client = new pg.Client({
    connectionString: address,
    connectionTimeoutMillis: limit,
    query_timeout: limit,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ version: number; read_only: boolean; timeline: string }>(PROBE)
    const { version, read_only: isReadOnly, timeline } = rows[0]!
    return { address, version, isReadOnly, timeline: Number.parseInt(timeline, 16) }
  } finally {
    // Not waited for: a frozen server does not even close.
    client.end().catch(() => {})
  }
}

/**
 * The server that takes writes. Where two say that they do, an old primary has come back that does not know of the
 * promotion of the other: the newer timeline counts, and one older than `atLeast` never. Rejects with NoServer.
 */
export async function chooseServer(addresses: string[], atLeast: number, limit = PROBE_LIMIT): Promise<Found> {
  const answers = await Promise.allSettled(addresses.map((address) => probe(address, limit)))
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  const [best] = found
    .filter(({ isReadOnly, timeline }) => !isReadOnly && timeline >= atLeast)
    .sort((a, b) => b.timeline - a.timeline)
  if (best) return best
  throw new NoServer(found, answers.find((answer) => answer.status === 'rejected')?.reason)
}
