import { resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { readMigrations } from '#drizzle/migrations'
import { setStorage } from '#server/storage/engine'
import { openStorage } from '#server/storage/open'
import { countGoods } from '#server/repositories/order-totals'
import { ensureSetOfBook } from '#server/repositories/set-of-books'
import { useConfig } from '#server/config'
import { seedOrders } from './seed/orders.ts'

const usage = 'Usage: npm run seed -- --orders=100000 --set-of-book=A001'
/** Stands for the C8 of an account set that none has logged in to. */
const noC8 = 'http://c8.invalid'

try {
  const { orders, setOfBook } = readArguments()
  await seed(orders, setOfBook)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}

function readArguments() {
  const { values } = parseArgs({ options: { orders: { type: 'string' }, 'set-of-book': { type: 'string' } } })
  const orders = Number(values.orders)
  const setOfBook = values['set-of-book']?.trim()
  if (!Number.isSafeInteger(orders) || orders < 1 || !setOfBook) throw new Error(usage)
  return { orders, setOfBook }
}

async function seed(count: number, setOfBook: string): Promise<void> {
  const config = useConfig()
  const begin = performance.now()
  const storage = await openStorage(config, readMigrations)
  try {
    setStorage(storage)
    const { id } = await ensureSetOfBook(setOfBook, [...config.c8Origins][0] ?? noC8)
    await seedOrders(storage, { setOfBookId: id, count, until: Date.now() })
    await countGoods()
  } finally {
    await storage.close()
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  const place = config.databaseUrl ? 'PostgreSQL' : resolve(config.dataDir)
  console.log(`${count} orders for ${setOfBook} in ${place}: ${seconds} s`)
}
