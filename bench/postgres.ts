import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { PostgresServer } from '../sandbox/postgres.ts'
import { startSandbox } from '../sandbox/server.ts'
import { startApp } from './app.ts'
import { benchImport } from './import.ts'
import { measureQuestions } from './queries.ts'
import { logIn } from './shop.ts'
import { measureAll, measureBare } from './webhook.ts'

/** Rows of one statement, as many as 64 connections bring together. */
const GROUP = 64
/** Milliseconds that either side inserts before it is the other's turn, and how often. */
const TURN = 500
const TURNS = 10

let server: Promise<PostgresServer> | undefined

/** One server for all sections, with real disk syncs; it ends with the process. */
const useServer = () =>
  (server ??= PostgresServer.start({ durable: true, settings: { shared_buffers: '256MB', max_wal_size: '4GB' } }))

export async function closeServer() {
  await (await server)?.stop()
}

async function newDatabase(): Promise<NodeJS.ProcessEnv> {
  const NUXT_DATABASE_URL = await (await useServer()).createDatabase()
  return { NUXT_DATABASE_URL, NUXT_SECRET_KEY: randomBytes(32).toString('base64'), NUXT_C8_SETTLE: '60000' }
}

async function measureNodes(count: number) {
  const sandbox = await startSandbox()
  const env = { ...(await newDatabase()), NUXT_C8_ALLOWED_ORIGINS: sandbox.c8Url }
  const nodes = []
  for (let node = 0; node < count; node++) nodes.push(await startApp('', env))
  const { localToken } = await logIn(nodes[0]!.url, sandbox)
  const result = await measureAll(
    nodes.map(({ url }) => url),
    { token: localToken },
  )
  for (const node of nodes.reverse()) await node.stop()
  await sandbox.close()
  return result
}

/** The webhook beside the bare server, and on three nodes beside one. */
export async function benchPostgresWebhook() {
  const bare = await measureBare('bench/bare-postgres.mjs', (await newDatabase()).NUXT_DATABASE_URL)
  const one = await measureNodes(1)
  const three = await measureNodes(3)
  return { bare, one, three, ratio: one.rate / bare.rate, gain: three.rate / one.rate }
}

const INSERT = `INSERT INTO orders (set_of_book_id, trans_id, status, e_id, dev_id, create_time, update_time,
  total_amount, products, created_at, created_user)
SELECT 1, $1 || n, 100, 'E', n % 100, 1763600000000 + n * 1000, 1763600000000, 750,
  '[{"barcode":"69","name":"水","num":1,"amount":750,"cost":null}]', 1, 'goBox' FROM generate_series(1, ${GROUP}) AS n`

/** Orders a second with the totals' trigger, and without it, in turn; that of closed days runs in both. */
export async function benchDeltas() {
  const env = await newDatabase()
  const app = await startApp('', env)
  await app.stop()
  const client = new pg.Client({ connectionString: env.NUXT_DATABASE_URL })
  await client.connect()
  await client.query(
    `INSERT INTO set_of_books (id, set_of_book, c8_origin, token_sealed, token_hash) VALUES (1, 'A001', '', '', '')`,
  )
  let group = 0
  const turn = async (state: 'ENABLE' | 'DISABLE') => {
    await client.query(`ALTER TABLE orders ${state} TRIGGER order_totals_insert`)
    const begin = performance.now()
    let rows = 0
    for (; performance.now() - begin < TURN; rows += GROUP)
      await client.query({ name: 'insert', text: INSERT, values: [`T${++group}-`] })
    return rows / ((performance.now() - begin) / 1000)
  }
  let [withTotals, without] = [0, 0]
  // The first turns are for the plans.
  for (const state of ['ENABLE', 'DISABLE'] as const) await turn(state)
  for (let round = 0; round < TURNS; round++) {
    withTotals += (await turn('ENABLE')) / TURNS
    without += (await turn('DISABLE')) / TURNS
  }
  await client.end()
  return { withTotals, without, ratio: withTotals / without }
}

const databases = new Map<number, Promise<NodeJS.ProcessEnv>>()

/** p95 of trade_view's questions on PostgreSQL and on SQLite. */
export async function benchPostgresQueries(orders: number) {
  if (!databases.has(orders)) databases.set(orders, newDatabase())
  const postgres = await measureQuestions(orders, await databases.get(orders))
  const sqlite = await measureQuestions(orders)
  return { postgres: postgres.p95, sqlite: sqlite.p95 }
}

/** As `benchImport`, on three nodes. */
export async function benchPostgresImport() {
  return benchImport(await newDatabase(), 3)
}
