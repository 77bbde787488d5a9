import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { chooseServer } from './choose-server.ts'
import { isRetryable, unavailable } from './failures.ts'
import { Session, type Kind, type Statement, type Transaction } from './session.ts'

/*
 * Connections to whichever server of NUXT_DATABASE_URL takes writes. One that breaks, freezes or becomes a standby is
 * given up with all its connections at once; the next question looks for another.
 */

/**
 * Milliseconds. A statement that the server does not end by itself tells that it is frozen. goBox's messages are small
 * and wait for a commit only, of which the server's own limit says nothing; they may have waited for a connection, too.
 */
const QUERY_LIMIT = { work: 4000, messages: 3000 }
const STATEMENT_LIMIT = 3500
/** A transaction whose process is frozen must not keep its locks. */
const IDLE_LIMIT = 5000
const CONNECT_LIMIT = 3000
const CLOSE_LIMIT = 1000
/** Milliseconds between two searches, so that the messages of an outage do not each make one. */
const REST = 250
const MAX_ATTEMPTS = 3

/** goBox's messages have connections of their own, which nothing that staff ask for can take. */
const LANES = { work: 10, messages: 2 }
export type Lane = keyof typeof LANES

/**
 * What each connection starts with. `synchronous_commit` never weaker than `on`: an answer is a promise. Compiling a
 * plan takes longer than any statement here.
 */
const ON_CONNECT = `SELECT
  set_config('statement_timeout', '${STATEMENT_LIMIT}', false),
  set_config('idle_in_transaction_session_timeout', '${IDLE_LIMIT}', false),
  set_config('jit', 'off', false),
  set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)`

interface Server {
  pools: Record<Lane, pg.Pool>
  sockets: Set<Socket>
}

function makePool(address: string, lane: Lane, sockets: Set<Socket>): pg.Pool {
  const pool = new pg.Pool({
    connectionString: address,
    max: LANES[lane],
    application_name: 'goBox',
    connectionTimeoutMillis: CONNECT_LIMIT,
    query_timeout: QUERY_LIMIT[lane],
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      return socket.once('close', () => sockets.delete(socket))
    },
    verify: (client, done) => void client.query(ON_CONNECT).then(() => done(), done),
  })
  // One that breaks while it is lent tells so by its statement's failure; pg would end the process where nobody
  // listens.
  pool.on('connect', (client) => client.on('error', () => {}))
  // An idle connection that breaks is replaced when it is needed.
  return pool.on('error', () => {})
}

function makeServer(address: string): Server {
  const sockets = new Set<Socket>()
  return {
    sockets,
    pools: { work: makePool(address, 'work', sockets), messages: makePool(address, 'messages', sockets) },
  }
}

/** Ends all its connections, also those that wait for an answer. */
function abandon({ pools, sockets }: Server) {
  for (const pool of Object.values(pools)) pool.end().catch(() => {})
  for (const socket of sockets) socket.destroy()
}

/** All places of a lane are taken: no fault of the server's. */
const isCrowded = (error: unknown) => (error as Error).message === 'timeout exceeded when trying to connect'

export class Primary {
  readonly #addresses: string[]
  #current: Server | undefined
  #search: Promise<Server> | undefined
  #failure: { error: unknown; until: number } | undefined
  #newestTimeline = 0

  constructor(addresses: string[]) {
    this.#addresses = addresses
  }

  /** Runs one statement by itself. */
  query(statement: Statement, values?: unknown[]): Promise<pg.QueryResult> {
    return this.use('work', (session) => session.query(statement, values))
  }

  /** Lends a connection. */
  async use<T>(lane: Lane, run: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#connect(lane)
    try {
      return await run(session)
    } finally {
      await session.end()
    }
  }

  /**
   * Runs statements in one transaction; resolves when it is on disk, also on the synchronous standbys. Where it lost
   * against another transaction, it is run again.
   */
  async transaction<T>(lane: Lane, run: (transaction: Transaction) => Promise<T>, kind?: Kind): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.use(lane, (session) => session.transaction(run, kind))
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !isRetryable(error)) throw error
      }
    }
  }

  /** Lets go of the server. */
  async close() {
    const server = this.#current
    if (!server) return
    await Promise.race([Promise.all(Object.values(server.pools).map((pool) => pool.end())), sleep(CLOSE_LIMIT)])
    abandon(server)
  }

  async #connect(lane: Lane): Promise<Session> {
    const server = await this.#find()
    try {
      return new Session(await server.pools[lane].connect(), () => this.#giveUp(server))
    } catch (error) {
      if (!isCrowded(error)) this.#giveUp(server)
      throw unavailable(error)
    }
  }

  #giveUp(server: Server) {
    if (this.#current === server) this.#current = undefined
    abandon(server)
  }

  /** The server in use, else the one that is there now; those who ask together share one search. */
  async #find(): Promise<Server> {
    if (this.#current) return this.#current
    if (this.#failure && performance.now() < this.#failure.until) throw unavailable(this.#failure.error)
    this.#search ??= this.#choose().finally(() => (this.#search = undefined))
    return this.#search
  }

  async #choose(): Promise<Server> {
    try {
      const { address, timeline } = await chooseServer(this.#addresses, this.#newestTimeline)
      this.#newestTimeline = timeline
      return (this.#current = makeServer(address))
    } catch (error) {
      this.#failure = { error, until: performance.now() + REST }
      throw unavailable(error)
    }
  }
}
