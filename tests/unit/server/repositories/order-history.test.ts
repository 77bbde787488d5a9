import { expect, it } from 'vitest'
import { orderEvents } from '#drizzle/schema/orders'
import { lineChanges, readChange } from '#server/repositories/order-changes'
import { countHistory, readHistory } from '#server/repositories/order-history'
import { receiveOrder } from '#server/repositories/orders'
import type { OrderLine, OrderMessage } from '#shared/orders'
import { addOrders, addSetOfBook, allOf, openTestStorage } from '../with-storage.ts'

const storage = await openTestStorage()
const mine = await addSetOfBook(storage, 'A001')

const addEvents = (events: (typeof orderEvents.$inferInsert)[]) =>
  storage.write((tx) => tx.insert(orderEvents).values(events))

const line = (barcode: string, changes: Partial<OrderLine> = {}): OrderLine => ({
  barcode,
  name: `商品 ${barcode}`,
  num: 1,
  amount: 250,
  ...changes,
})
const manyLines = (changes: Partial<OrderLine> = {}) =>
  Array.from({ length: 200 }, (_, index) => line(`690000000${index}`, { name: '长'.repeat(250), ...changes }))

const message = (update_time: number, products: OrderLine[]): OrderMessage => ({
  trans_id: 'T-history',
  status: 100,
  e_id: 'E',
  dev_id: 1,
  create_time: 0,
  update_time,
  products,
})

it.each<[string, OrderLine[], OrderLine[], object[]]>([
  [
    'an amount',
    [line('1'), line('2')],
    [line('1'), line('2', { amount: 300 })],
    [{ barcode: '2', before: { amount: 250 }, after: { amount: 300 } }],
  ],
  [
    'a cost that became known, and a name',
    [line('1')],
    [line('1', { cost: 100, name: '水' })],
    [{ barcode: '1', name: '水', before: { cost: null, name: '商品 1' }, after: { cost: 100, name: '水' } }],
  ],
  [
    'lines that came and went',
    [line('1'), line('2')],
    [line('2'), line('3')],
    [
      { barcode: '3', before: null, after: { name: '商品 3', num: 1, amount: 250, cost: null } },
      { barcode: '1', before: { num: 1 }, after: null },
    ],
  ],
  [
    'one of two lines with the same barcode',
    [line('1'), line('1')],
    [line('1'), line('1', { num: 2 })],
    [{ barcode: '1', before: { num: 1 }, after: { num: 2 } }],
  ],
  ['their sequence alone, which is no change of a line', [line('1'), line('2')], [line('2'), line('1')], []],
])('knows %s', (_, before, after, lines) => {
  expect(lineChanges(before, after)).toMatchObject({ lines, more: 0 })
  expect(lineChanges(before, after).lines).toHaveLength(lines.length)
})

it('is small, however often all lines of the largest order change', async () => {
  for (let time = 1; time <= 20; time++)
    await receiveOrder(mine, message(time, manyLines({ amount: time, name: `${time}`.repeat(120) })), 'goBox', time)
  const events = await storage.db.select().from(orderEvents)
  expect(events).toHaveLength(19)
  for (const { detail } of events) expect(JSON.stringify(detail).length).toBeLessThan(20_000)
  const last = events.at(-1)
  const { lines, more } = readChange(last!.detail!).lines!
  expect(lines.length).toBeGreaterThan(10)
  expect(lines.length + more).toBe(200)
})

it('of an earlier release, with copies of all lines, is read as differences, too', async () => {
  const [order] = await addOrders(storage, [{ setOfBookId: mine, transId: 'T-old' }])
  const orderId = order!.id
  const before = manyLines()
  const after = before.map((one, index) => (index === 7 ? { ...one, amount: 9 } : one))
  const detail = { change: { status: [101, 100], products: [before, after] } }
  await addEvents([{ orderId, sequence: 1, at: 1, user: 'goBox', event: 'changed', detail }])
  const [changed] = await allOf(readHistory(orderId, { first: 1, last: 2 }))
  expect(readChange(changed!.detail!)).toMatchObject({
    change: { status: [101, 100] },
    lines: { lines: [{ barcode: '6900000007', before: { amount: 250 }, after: { amount: 9 } }], more: 0 },
  })
  expect(readChange(changed!.detail!).change).not.toHaveProperty('products')
})

it('is read in either direction, by its numbers', async () => {
  const [order] = await addOrders(storage, [{ setOfBookId: mine, transId: 'T-long' }])
  const orderId = order!.id
  await addEvents(
    Array.from({ length: 500 }, (_, index) => ({ orderId, sequence: index + 1, at: 0, user: 'x', event: 'queued' })),
  )
  const read = async (first: number, last: number, newestFirst: boolean) =>
    (await allOf(readHistory(orderId, { first, last }, newestFirst))).map(({ sequence }) => sequence)
  expect(await countHistory(orderId)).toBe(500)
  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
  expect(await read(301, 500, false)).toEqual(numbers(301, 500))
  expect(await read(301, 500, true)).toEqual(numbers(301, 500).toReversed())
  expect(await read(-50, 100, true)).toEqual(numbers(1, 100).toReversed())
  expect(await read(-50, -1, true)).toEqual([])
})
