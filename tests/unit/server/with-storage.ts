import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { readMigrations } from '#drizzle/migrations'
import { devices } from '#drizzle/schema/devices'
import { orders } from '#drizzle/schema/orders'
import { setOfBooks } from '#drizzle/schema/account-sets'
import { setStorage, type Storage } from '#server/storage/engine'
import type { SqliteStorage } from '#server/storage/sqlite/open'
import { ensureSetOfBook } from '#server/repositories/set-of-books'
import type { OrderLine } from '#shared/orders'
import { engine } from '../../api/database.ts'

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gobox-unit-'))
}

/** Opens a data folder of its own for the tests of one file; both are gone after them. */
export async function openSqliteStorage(): Promise<SqliteStorage> {
  const { openSqlite } = await import('#server/storage/sqlite/open')
  const folder = makeFolder()
  const storage = openSqlite(folder, readMigrations('sqlite'))
  // No test of these is about power cuts, and a sync for each row would take most of their time.
  storage.sqlite.pragma('synchronous = OFF')
  setStorage(storage)
  afterAll(async () => {
    await storage.close()
    rmSync(folder, { recursive: true })
  })
  return storage
}

/** Opens a storage of the engine that the tests run on, for the tests of one file; it is gone after them. */
export async function openTestStorage(): Promise<Storage> {
  if (engine === 'sqlite') return openSqliteStorage()
  const { openPostgres } = await import('#server/storage/postgres/open')
  const { NUXT_DATABASE_URL, NUXT_SECRET_KEY } = process.env
  const storage = await openPostgres(NUXT_DATABASE_URL!, readMigrations('postgres'), NUXT_SECRET_KEY)
  setStorage(storage)
  afterAll(() => storage.close())
  return storage
}

/** All rows of slices. */
export async function allOf<Row>(slices: AsyncIterable<Row[]>): Promise<Row[]> {
  return (await Array.fromAsync(slices)).flat()
}

/** A storage of its own for a test file, with two account sets as a log-in makes them. */
export function useTestStorage() {
  const context = { storage: undefined as unknown as Storage, own: 0, neighbour: 0 }
  beforeAll(async () => {
    context.storage = await openTestStorage()
    context.own = (await ensureSetOfBook('A001', 'https://c8.example')).id
    context.neighbour = (await ensureSetOfBook('B002', 'https://c8.example')).id
  })
  return context
}

/** Makes an account set and returns its id. */
export async function addSetOfBook({ write }: Storage, name: string): Promise<number> {
  const [row] = await write((tx) =>
    tx
      .insert(setOfBooks)
      .values({ setOfBook: name, c8Origin: 'http://c8.invalid', tokenSealed: name, tokenHash: name })
      .returning({ id: setOfBooks.id }),
  )
  return row!.id
}

/** Configures a cabinet. */
export async function addDevice({ write }: Storage, setOfBookId: number, devId: number, name: string): Promise<void> {
  const refs = { storeId: 1, bankId: 1, memberId: 1, employeeId: 1, billType: 0 as const }
  const values = { ...refs, setOfBookId, devId, name, createdAt: 0, createdUser: 'x' }
  await write((tx) => tx.insert(devices).values(values))
}

export type NewOrder = Partial<typeof orders.$inferInsert> & { setOfBookId: number }

const line: OrderLine = { barcode: '6900000000017', name: '水', num: 1, amount: 250, cost: 100 }
let sequence = 0

function plausible(order: NewOrder): typeof orders.$inferInsert {
  const products = order.products ?? [line]
  const createTime = order.createTime ?? 0
  return {
    transId: `T${++sequence}`,
    status: 100,
    eId: 'E1',
    devId: 1,
    createTime,
    updateTime: createTime,
    createdAt: createTime,
    createdUser: 'goBox',
    products,
    totalAmount: products.reduce((sum, { amount }) => sum + amount, 0),
    ...order,
  }
}

/** Makes orders; what is not given is plausible. */
export function addOrders({ write }: Storage, list: NewOrder[]): Promise<(typeof orders.$inferSelect)[]> {
  return write(async (tx) => {
    const rows = []
    for (const order of list) rows.push(...(await tx.insert(orders).values(plausible(order)).returning()))
    return rows
  })
}

/** Makes an order; what is not given is plausible. */
export async function addOrder(storage: Storage, order: NewOrder): Promise<typeof orders.$inferSelect> {
  return (await addOrders(storage, [order]))[0]!
}

/** The plan of every statement that is prepared while `run` runs. */
export async function plansOf({ sqlite, statements }: SqliteStorage, run: () => Promise<unknown>): Promise<string[]> {
  const prepare = sqlite.prepare.bind(sqlite)
  const sources: string[] = []
  statements.clear()
  sqlite.prepare = ((source: string) => {
    sources.push(source)
    return prepare(source)
  }) as typeof prepare
  await run()
  sqlite.prepare = prepare
  return sources.flatMap((source) => {
    const parameters = Array.from({ length: source.split('?').length - 1 }, () => null)
    return (prepare(`explain query plan ${source}`).all(...parameters) as { detail: string }[]).map(
      (step) => step.detail,
    )
  })
}
