import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { count, eq, sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { devices } from '#drizzle/schema/devices'
import { orders } from '#drizzle/schema/orders'
import { setOfBooks } from '#drizzle/schema/account-sets'
import type { NewOrder, Reader, Tx } from '#server/storage/engine'
import { addSetOfBook, openTestStorage } from '../with-storage.ts'

const storage = await openTestStorage()
const { db, write, snapshot, grouped, insertOrders, isDuplicate, dialect } = storage
const mine = await addSetOfBook(storage, 'A001')
let sequence = 0

const cabinet = (devId: number, name = 'x') => ({
  setOfBookId: mine,
  devId,
  name,
  storeId: 1,
  bankId: 1,
  memberId: 1,
  employeeId: 1,
  billType: 0 as const,
  createdAt: 0,
  createdUser: 'x',
})
const add = async (tx: Tx, devId: number, name?: string) => tx.insert(devices).values(cabinet(devId, name))
const isThere = async (devId: number, reader: Reader = db) =>
  (await reader.select().from(devices).where(eq(devices.devId, devId))).length > 0
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: Error) => error,
  )

it('a transaction that fails leaves nothing, and those that come with it pass', async () => {
  const [first, failed, last] = [++sequence, ++sequence, ++sequence]
  const results = await Promise.allSettled([
    write((tx) => add(tx, first)),
    write(async (tx) => {
      await add(tx, failed)
      throw new Error('no')
    }),
    write((tx) => add(tx, last)),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await Promise.all([first, failed, last].map((devId) => isThere(devId)))).toEqual([true, false, true])
})

it('nobody but the transaction sees what is not committed', async () => {
  const devId = ++sequence
  const seen: Promise<boolean>[] = []
  await expect(
    write(async (tx) => {
      await add(tx, devId)
      seen.push(isThere(devId))
      expect(await isThere(devId, tx)).toBe(true)
      throw new Error('taken back')
    }),
  ).rejects.toThrow('taken back')
  expect(await Promise.all(seen)).toEqual([false])
})

it('a snapshot sees one moment, whatever is written meanwhile', async () => {
  const devId = ++sequence
  const written = write((tx) => add(tx, devId))
  const seen = await snapshot(async (reader) => {
    const before = await isThere(devId, reader)
    for (let turn = 0; turn < 20; turn++) await reader.select().from(setOfBooks)
    return [before, await isThere(devId, reader)]
  })
  await written
  expect(seen[0]).toBe(seen[1])
  expect(await isThere(devId)).toBe(true)
})

it('calls that come together are one body, each with its own result', async () => {
  const bodies: number[] = []
  const add = grouped(
    async (tx: Tx, items: number[]) => {
      bodies.push(items.length)
      for (const devId of items) await tx.insert(devices).values(cabinet(devId))
      return items.map((devId) => devId * 2)
    },
    (devId) => String(devId),
  )
  const devIds = [1000, 1001, 1002]
  expect(await Promise.all(devIds.map(add))).toEqual([2000, 2002, 2004])
  expect(bodies).toEqual([3])
  // The one that is there already fails alone.
  const results = await Promise.allSettled([1003, 1000, 1004].map(add))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await Promise.all([1003, 1004].map((devId) => isThere(devId)))).toEqual([true, true])
})

it('a duplicate is known as such, and its error repeats nothing of what was to be stored', async () => {
  const devId = ++sequence
  await write((tx) => add(tx, devId))
  const error = await failure(write((tx) => add(tx, devId, 'a secret')))
  expect(isDuplicate(error)).toBe(true)
  expect(String(error)).not.toMatch(/a secret/)
  expect(isDuplicate(new Error('other'))).toBe(false)
})

it('of new orders each is inserted once, and says so', async () => {
  const order = (transId: string): NewOrder => ({
    setOfBookId: mine,
    transId,
    status: 100,
    eId: '',
    devId: 1,
    createTime: 1,
    updateTime: 1,
    totalAmount: 0,
    products: [{ barcode: '"水"', name: '', num: 0.5, amount: 3 }],
    createdAt: 1,
    createdUser: 'goBox',
  })
  const first = await write((tx) => insertOrders(tx, ['N2', 'N1', 'N2'].map(order)))
  expect(first.map((id) => id !== null)).toEqual([true, true, false])
  expect(await write((tx) => insertOrders(tx, ['N1', 'N3'].map(order)))).toEqual([null, expect.any(Number)])
  const [stored] = await db.select().from(orders).where(eq(orders.id, first[1]!))
  expect(stored).toMatchObject({ ...order('N1'), importState: 'idle', importHeld: false })
})

it('a prepared query runs with other values, alone, in a transaction and in a snapshot', async () => {
  const named = storage.prepare((reader) =>
    reader
      .select({ total: count() })
      .from(devices)
      .where(eq(devices.name, sql.placeholder('name'))),
  )
  const devId = ++sequence
  await write(async (tx) => {
    await add(tx, devId, 'prepared')
    expect(await named({ name: 'prepared' }, tx)).toEqual([{ total: 1 }])
  })
  expect(await named({ name: 'prepared' })).toEqual([{ total: 1 }])
  expect(await snapshot((reader) => named({ name: 'nobody' }, reader))).toEqual([{ total: 0 }])
})

it('thousands of ids are one parameter', async () => {
  const ids = Array.from({ length: 40_000 }, (_, index) => index)
  const found = await db.select().from(setOfBooks).where(dialect.isAmong(setOfBooks.id, ids))
  expect(found.map(({ id }) => id)).toEqual([mine])
})

it('a transaction that has ended takes no more statements', async () => {
  let leaked: Tx | undefined
  await write(async (tx) => {
    leaked = tx
  })
  await nextTurn()
  expect(await failure(add(leaked!, ++sequence))).toBeInstanceOf(Error)
  expect(await isThere(sequence)).toBe(false)
})

const waits: [string, (tx: Tx) => Promise<unknown>][] = [
  ['a timer', () => sleep(5)],
  ['a turn of the loop', () => nextTurn()],
  ['a read outside of it', () => isThere(1)],
  ['another transaction', () => write((tx) => add(tx, 9999))],
]

it.runIf(storage.engine === 'sqlite').each(waits)(
  'a transaction that waits for %s is refused and undone; those that come with it pass',
  async (_, wait) => {
    const [refused, other] = [++sequence, ++sequence]
    const late: unknown[] = []
    const outcome = await Promise.allSettled([
      write(async (tx) => {
        await add(tx, refused)
        await wait(tx)
        late.push(await failure(add(tx, refused)))
      }),
      write((tx) => add(tx, other)),
    ])
    expect(outcome.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(await Promise.all([refused, other].map((devId) => isThere(devId)))).toEqual([false, true])
    await expect.poll(() => late.length).toBe(1)
    expect(String((late[0] as Error).cause)).toMatch(/has ended/)
  },
)
