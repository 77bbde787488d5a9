import { fillPlaceholders } from 'drizzle-orm'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import type { Prepared, Query, Reader, Storage, Tx } from '../engine.ts'
import type { SecretKey } from '../seal.ts'
import { commitSizes, commitTimes } from '../../metrics/families.ts'
import { makeBuilder, runnerOf } from './builder.ts'
import { lockStatement } from './closed-days.ts'
import { dialect } from './dialect.ts'
import { isDuplicate } from './failures.ts'
import { makeFlights } from './flights.ts'
import { insertStatement, newIds } from './orders.ts'
import type { Primary } from './primary.ts'
import type { Statement, Transaction } from './session.ts'
import { rollUp } from './totals.ts'
import { jsonAsText } from './types.ts'

/** What PostgreSQL's builders have beside what every engine's have. */
interface PreparedQuery<T> {
  execute: (values?: Record<string, unknown>) => Promise<T>
}
interface Preparable<T> {
  prepare: (name?: string) => PreparedQuery<T>
}
interface Lockable<Q> {
  for: (strength: 'no key update', options: { skipLocked?: true }) => Q
}

function makeReading(primary: Primary) {
  const db: Reader = makeBuilder(primary)
  const prepare = <T>(build: (db: Reader) => Query<T>, name?: string): Prepared<T> => {
    const built = new WeakMap<Reader, PreparedQuery<T>>()
    return (values, within = db) => {
      let query = built.get(within)
      if (!query) built.set(within, (query = (build(within) as unknown as Preparable<T>).prepare(name)))
      return query.execute(values)
    }
  }
  const prepareRows = (query: Query<unknown>): Prepared<unknown[][]> => {
    const { sql: text, params } = query.toSQL()
    return async (values = {}, within = db) => {
      const statement = { text, rowMode: 'array' as const, types: jsonAsText }
      const { rows } = await runnerOf(within).query(statement, fillPlaceholders(params, values))
      return rows as unknown[][]
    }
  }
  const snapshot = <T>(run: (db: Reader) => Promise<T>) =>
    primary.use('work', (session) => session.transaction((runner) => run(makeBuilder(runner)), 'snapshot'))
  return { db, prepare, prepareRows, snapshot }
}

/** Where the limiter keeps its counts; the migrations make the table. */
const failuresTable = (primary: Primary) => ({
  storeClient: { query: (statement: Statement) => primary.query(statement) },
  storeType: 'client',
  tableName: 'failures',
  tableCreated: true,
})

async function readSize(primary: Primary): Promise<number> {
  const { rows } = await primary.query('SELECT pg_database_size(current_database()) AS size')
  return Number((rows[0] as { size: string }).size)
}

/** The storage in a PostgreSQL database. */
export function makeStorage(primary: Primary, secretKey: SecretKey): Storage {
  return {
    engine: 'postgres',
    secretKey,
    ...makeReading(primary),
    dialect,
    totals: {
      countNext: () => primary.transaction('work', rollUp),
      countedUpTo: async () => null,
    },
    backups: null,
    restoreNotice: null,
    write: (run) => primary.transaction('work', (runner) => run(makeBuilder(runner))),
    grouped: (run, keyOf) =>
      makeFlights(async (items) => {
        const begin = performance.now()
        const results = await primary.transaction('messages', (runner) => run(makeBuilder(runner), items), 'lazy')
        commitSizes.of().add(items.length)
        commitTimes.of().add((performance.now() - begin) / 1000)
        return results
      }, keyOf),
    insertOrders: async (tx: Tx, rows) => {
      // A Tx is always one.
      const { rows: inserted } = await (runnerOf(tx) as Transaction).alone(insertStatement(rows))
      return newIds(rows, inserted)
    },
    // Not `for update`, which makes those wait who only insert an order of the row's account set.
    forUpdate: <Q>(query: Q, options: { skipLocked?: boolean } = {}) =>
      (query as Lockable<Q>).for('no key update', options.skipLocked ? { skipLocked: true } : {}),
    sharedCounter: (options) => new RateLimiterPostgres({ ...options, ...failuresTable(primary) }),
    lockDays: async (tx, setOfBookId, mode) => void (await runnerOf(tx).query(lockStatement(setOfBookId, mode))),
    isDuplicate,
    probe: async () => {
      // A lock is written to the log, and so to the standbys, but leaves no dead row behind.
      await primary.query('SELECT FROM key_checks FOR UPDATE')
    },
    freeSpace: async () => null,
    size: () => readSize(primary),
    close: () => primary.close(),
  }
}
