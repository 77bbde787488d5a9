import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { afterAll } from 'vitest'
import { orders, setOfBooks } from '#drizzle/schema'
import { openStorage, setStorage, type Storage } from '#server/db/client'
import type { OrderLine } from '#shared/orders'

/** Opens a storage in a folder of its own for the tests of one file; both are gone after them. */
export function openTestStorage(): Storage {
  const folder = mkdtempSync(join(tmpdir(), 'gobox-test-'))
  const storage = openStorage(folder, readMigrationFiles({ migrationsFolder: 'drizzle/migrations' }))
  setStorage(storage)
  afterAll(async () => {
    await storage.close()
    rmSync(folder, { recursive: true })
  })
  return storage
}

/** Makes an account set and returns its id. */
export function addSetOfBook({ db }: Storage, name: string): number {
  return db.insert(setOfBooks).values({ setOfBook: name, c8Origin: 'http://c8.invalid', tokenSealed: name, tokenHash: name }).returning({ id: setOfBooks.id }).get().id
}

export type NewOrder = Partial<typeof orders.$inferInsert> & { setOfBookId: number }

const line: OrderLine = { barcode: '6900000000017', name: '水', num: 1, amount: 250, cost: 100 }
let sequence = 0

/** Makes an order; what is not given is plausible. */
export function addOrder({ db }: Storage, order: NewOrder): typeof orders.$inferSelect {
  const products = order.products ?? [line]
  const createTime = order.createTime ?? 0
  return db.insert(orders).values({
    transId: `T${++sequence}`, status: 100, eId: 'E1', devId: 1, createTime, updateTime: createTime, createdAt: createTime, createdUser: 'goBox',
    products, totalAmount: products.reduce((sum, { amount }) => sum + amount, 0), ...order,
  }).returning().get()
}
