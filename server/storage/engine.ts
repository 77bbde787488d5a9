import type { Column, SQL } from 'drizzle-orm'
import type { SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import type { RateLimiterAbstract } from 'rate-limiter-flexible'
import type { orders } from '#drizzle/schema/orders'
import type { SecretKey } from './seal.ts'
import type { Backups, RestoreNoticeFile } from './backups.ts'

/*
 * What the repositories know of storage. They are written once with Drizzle's query builder, used only through `await`;
 * what differs between SQLite and PostgreSQL stands behind this interface, which server/storage/sqlite and
 * server/storage/postgres each implement. The builder's types are SQLite's: the parts that are used here are the same.
 */

type Builder = SqliteRemoteDatabase<Record<string, never>>

/** Reads what is committed, each statement by itself; or, where it is a transaction, what that sees. */
export type Reader = Pick<Builder, 'select' | 'selectDistinct' | 'with' | '$with'>

declare const transaction: unique symbol

/** A transaction under way. It ends with the function that got it, and waits for nothing but its own statements. */
export type Tx = Reader & Pick<Builder, 'insert' | 'update' | 'delete'> & { readonly [transaction]: true }

/** A query of the builder, with `sql.placeholder` where values come later. */
export interface Query<T> extends PromiseLike<T> {
  toSQL: () => { sql: string; params: unknown[] }
}

/** Runs a query that was built before; in the transaction or snapshot that is given, if any. */
export type Prepared<T> = (values?: Record<string, unknown>, within?: Reader) => Promise<T>

/** The columns of a new order; the others have their defaults. */
export type NewOrder = Pick<
  typeof orders.$inferInsert,
  | 'setOfBookId'
  | 'transId'
  | 'status'
  | 'eId'
  | 'devId'
  | 'createTime'
  | 'updateTime'
  | 'totalAmount'
  | 'products'
  | 'createdAt'
  | 'createdUser'
> & {
  /** The local token's hash: where others may replace it meanwhile, a row is inserted only while it is good. */
  tokenHash?: string
}

/** The lines of an order's JSON as rows to join, and what each line holds. */
interface OrderLines {
  from: SQL
  barcode: SQL<string>
  name: SQL<string>
  num: SQL<number>
  amount: SQL<number>
  /** `null` where it is not known. */
  cost: SQL<number | null>
}

/** Expressions that the two engines spell differently. */
export interface Dialect {
  /** Whether a text holds `part`, whatever the case in any alphabet. `%` and `_` are plain characters. */
  contains: (text: Column | SQL, part: string) => SQL
  /** As `contains`, but only the case of ASCII letters may differ: for long searches. */
  containsAscii: (text: Column | SQL, part: string) => SQL
  /** Whether a column is among `values`, of which there may be thousands: one parameter, looked up in an index. */
  isAmong: (column: Column, values: readonly (number | string)[]) => SQL
  /** Whether a column is between two days, each named by itself, so that a key that goes on after the day is used. */
  isBetweenDays: (day: Column, first: number, last: number) => SQL
  /** A column that the planner is to use no index for. */
  unindexed: (column: Column) => SQL
  /** Whether an order has a line of this barcode. */
  hasBarcode: (products: Column, barcode: string) => SQL
  orderLines: (products: Column) => OrderLines
}

interface Totals {
  /**
   * Brings the goods' totals on by a slice of what has come; resolves with whether there is more. What it has not come
   * to is no part of `goodsTotals` where `countedUpTo` says so.
   */
  countNext: () => Promise<boolean>
  /**
   * The last order, in the sequence in which they came, that the goods' totals hold; `null`: they hold all. Read in the
   * snapshot in which the totals are.
   */
  countedUpTo: (db: Reader) => Promise<number | null>
}

/** What is counted, how much of it is allowed, and over how many seconds. */
export interface CounterOptions {
  keyPrefix: string
  points: number
  duration: number
}

export interface Storage {
  readonly engine: 'sqlite' | 'postgres'
  /** Opens what `seal` closed. */
  readonly secretKey: SecretKey
  readonly db: Reader
  readonly dialect: Dialect
  readonly totals: Totals
  readonly backups: Backups | null
  /** Only where the app itself restores. */
  readonly restoreNotice: RestoreNoticeFile | null

  /** Lets `run` read several times what is committed at one moment; it waits for nothing else. */
  snapshot: <T>(run: (db: Reader) => Promise<T>) => Promise<T>
  /**
   * Runs `run` in a transaction; resolves with its result once that is on disk, or rejects with its error, undone. It
   * may be run again if the commit fails for a reason that lies in others.
   */
  write: <T>(run: (tx: Tx) => Promise<T>) => Promise<T>
  /**
   * Makes of `run`, which does many things in one transaction, a function that does one: calls that come together share
   * a transaction, and those of the same key keep their order. Where one makes it fail, each gets its own. `keyOf`
   * names the row that a call is about, so that groups which lock rows do so in one sequence.
   */
  grouped: <I, O>(run: (tx: Tx, items: I[]) => Promise<O[]>, keyOf: (item: I) => string) => (item: I) => Promise<O>
  /**
   * Inserts orders that are not there yet, by account set and `transId`, whatever else is written meanwhile. Resolves
   * with the id of each that is new and `null` for the others, also for those whose token is not good any more; of
   * several with the same key the first is new.
   */
  insertOrders: (tx: Tx, rows: NewOrder[]) => Promise<(number | null)[]>
  /** Locks what a select of a transaction finds until that ends; `skipLocked` leaves out what others have locked. */
  forUpdate: <Q>(query: Q, options?: { skipLocked?: boolean }) => Q
  /**
   * Locks which days of the account set are closed until the transaction ends, before it locks any order: `shared` for
   * what depends on it, `alone` for what changes it.
   */
  lockDays: (tx: Tx, setOfBookId: number, mode: 'shared' | 'alone') => Promise<void>
  /**
   * Builds a query once that is run several times with other values. One that has a name, which is its own alone, is
   * built once for the process.
   */
  prepare: <T>(build: (db: Reader) => Query<T>, name?: string) => Prepared<T>
  /**
   * As `prepare`, for reading much: the rows as arrays of the driver's values, in the order of the select. JSON comes
   * as its text.
   */
  prepareRows: (query: Query<unknown>) => Prepared<unknown[][]>

  /** Counts for all processes on this database; `null` where there can be no other. */
  sharedCounter: (options: CounterOptions) => RateLimiterAbstract | null
  /** Whether an error says that a row's unique key is taken. */
  isDuplicate: (error: unknown) => boolean
  /** Writes something that changes nothing. Rejects where nothing can be written now. */
  probe: () => Promise<void>
  /** Free bytes where the data is; `null` where the app cannot know. */
  freeSpace: () => Promise<number | null>
  /** Bytes that the database takes. */
  size: () => Promise<number>
  /** Commits what is waiting and lets go of the database. */
  close: () => Promise<void>
}

let storage: Storage | undefined

/** Makes an opened storage the one of this process. */
export function setStorage(opened: Storage) {
  storage = opened
}

/** The storage of this process. */
export function useStorage(): Storage {
  if (!storage) throw new Error('the storage is not open')
  return storage
}

/** `make`'s product for the storage of this process, made once on first use. */
function perStorage<T>(make: (opened: Storage) => T): () => T {
  const made = new WeakMap<Storage, T>()
  return () => {
    const opened = useStorage()
    let product = made.get(opened)
    if (product === undefined) made.set(opened, (product = make(opened)))
    return product
  }
}

/** `Storage.prepare` for the storage of this process. */
export function prepared<T>(name: string, build: (db: Reader) => Query<T>): Prepared<T> {
  const prepare = perStorage((opened) => opened.prepare(build, name))
  return (values, within) => prepare()(values, within)
}

/** `Storage.grouped` for the storage of this process. */
export function grouped<I, O>(
  run: (tx: Tx, items: I[]) => Promise<O[]>,
  keyOf: (item: I) => string,
): (item: I) => Promise<O> {
  const group = perStorage((opened) => opened.grouped(run, keyOf))
  return (item) => group()(item)
}
