import type pg from 'pg'
import { isLost, toFailure, unavailable } from './failures.ts'

export type Statement = string | pg.QueryConfig | pg.QueryArrayConfig

/** Where a statement can be run: Drizzle asks no more of its client. */
export interface Runner {
  query: (statement: Statement, values?: unknown[]) => Promise<pg.QueryResult>
}

/** PostgreSQL names the function that speaks, whatever the language of its messages. */
const REPLICATION_WAIT = 'SyncRepWaitForLSN'

/**
 * `snapshot`: all reads see the same moment. `lazy`: what a transaction begins with may stand for itself, and a second
 * statement is rarely needed.
 */
export type Kind = 'plain' | 'snapshot' | 'lazy'

const BEGIN: Record<Kind, string> = {
  plain: 'BEGIN',
  lazy: 'BEGIN',
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
}

/** The statements between BEGIN and COMMIT. */
export class Transaction implements Runner {
  #begun: Promise<unknown> | undefined
  #isOver = false
  readonly #session: Session
  readonly #kind: Kind

  constructor(session: Session, kind: Kind) {
    this.#session = session
    this.#kind = kind
  }

  async query(statement: Statement, values?: unknown[]): Promise<pg.QueryResult> {
    if (this.#isOver) throw new Error('the transaction is over')
    await (this.#begun ??= this.#session.query(BEGIN[this.#kind]))
    return this.#session.query(statement, values)
  }

  /**
   * Runs a statement whose effect may stand whatever becomes of the rest: at the beginning of a lazy transaction by
   * itself, which saves two round trips.
   */
  async alone(statement: Statement): Promise<pg.QueryResult> {
    if (this.#kind !== 'lazy' || this.#begun || this.#isOver) return this.query(statement)
    return this.#session.query(statement)
  }

  async commit() {
    this.#isOver = true
    if (!this.#begun) return
    // A transaction in which a statement failed is only rolled back, without an error.
    const { command } = await this.#session.query('COMMIT')
    if (command !== 'COMMIT') throw new Error('a statement of the transaction had failed')
  }

  async rollBack() {
    this.#isOver = true
    if (this.#begun && !this.#session.isBroken) await this.#session.query('ROLLBACK').catch(() => {})
  }
}

/** One connection for as long as somebody has it. Statements that come together run one after the other. */
export class Session implements Runner {
  /** Whether the connection must not be used again. */
  isBroken = false
  #isOnlyHere = false
  #last: Promise<unknown> = Promise.resolve()
  readonly #client: pg.PoolClient
  readonly #onLost: (error: unknown) => void

  constructor(client: pg.PoolClient, onLost: (error: unknown) => void) {
    this.#client = client
    this.#onLost = onLost
    client.on('notice', this.#onNotice)
  }

  query(statement: Statement, values?: unknown[]): Promise<pg.QueryResult> {
    const result = this.#last.then(() => this.#run(statement, values))
    this.#last = result.catch(() => {})
    return result
  }

  /** Runs what `run` does in one transaction; resolves once its commit is acknowledged. */
  async transaction<T>(run: (transaction: Transaction) => Promise<T>, kind: Kind = 'plain'): Promise<T> {
    const transaction = new Transaction(this, kind)
    try {
      const result = await run(transaction)
      await transaction.commit()
      return result
    } catch (error) {
      await transaction.rollBack()
      throw error
    }
  }

  /** Gives the connection back; resolves when nothing runs on it any more. */
  async end() {
    await this.#last
    this.#client.off('notice', this.#onNotice)
    this.#client.release(this.isBroken)
  }

  readonly #onNotice = (notice: { routine?: string | undefined }) => {
    if (notice.routine === REPLICATION_WAIT) this.#isOnlyHere = true
  }

  async #run(statement: Statement, values?: unknown[]): Promise<pg.QueryResult> {
    let result: pg.QueryResult
    try {
      result = await this.#client.query(statement, values)
    } catch (error) {
      if (isLost(error)) {
        this.isBroken = true
        this.#onLost(error)
      }
      throw toFailure(error)
    }
    if (!this.#isOnlyHere) return result
    // Committed here, but on no standby: if this server is lost now, so is the change.
    this.#isOnlyHere = false
    throw unavailable(new Error('the wait for synchronous replication was cancelled'))
  }
}
