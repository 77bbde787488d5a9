import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { afterAll, beforeAll } from 'vitest'
import { orders, setOfBooks } from '#drizzle/schema'
import { openStorage, setStorage, type Storage } from '#server/db/client'
import { ensureSetOfBook } from '#server/repositories/set-of-books'
import type { OrderLine } from '#shared/orders'

export const migrations = readMigrationFiles({
  migrationsFolder: fileURLToPath(new URL('../../../drizzle/migrations', import.meta.url)),
})

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gobox-unit-'))
}

/** Opens a storage in a folder of its own for the tests of one file; both are gone after them. */
export function openTestStorage(): Storage {
  const folder = makeFolder()
  const storage = openStorage(folder, migrations)
  // No test of these is about power cuts, and a sync for each row would take most of their time.
  storage.sqlite.pragma('synchronous = OFF')
  setStorage(storage)
  afterAll(async () => {
    await storage.close()
    rmSync(folder, { recursive: true })
  })
  return storage
}

/** A storage of its own for a test file, with two account sets as a log-in makes them. */
export function useTestStorage() {
  const context = { storage: openTestStorage(), own: 0, neighbour: 0 }
  beforeAll(async () => {
    context.own = (await ensureSetOfBook('A001', 'https://c8.example')).id
    context.neighbour = (await ensureSetOfBook('B002', 'https://c8.example')).id
  })
  return context
}

/** Makes an account set and returns its id. */
export function addSetOfBook({ db }: Storage, name: string): number {
  return db
    .insert(setOfBooks)
    .values({ setOfBook: name, c8Origin: 'http://c8.invalid', tokenSealed: name, tokenHash: name })
    .returning({ id: setOfBooks.id })
    .get().id
}

export type NewOrder = Partial<typeof orders.$inferInsert> & { setOfBookId: number }

const line: OrderLine = { barcode: '6900000000017', name: '水', num: 1, amount: 250, cost: 100 }
let sequence = 0

/** Makes an order; what is not given is plausible. */
export function addOrder({ db }: Storage, order: NewOrder): typeof orders.$inferSelect {
  const products = order.products ?? [line]
  const createTime = order.createTime ?? 0
  return db
    .insert(orders)
    .values({
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
    })
    .returning()
    .get()
}

/** The plan of every statement that is prepared while `run` runs. */
export async function plansOf({ sqlite }: Storage, run: () => Promise<unknown>): Promise<string[]> {
  const prepare = sqlite.prepare.bind(sqlite)
  const sources: string[] = []
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
