import fc from 'fast-check'
import { expect, test } from 'vitest'
import { receiveOrder } from '../../server/repositories/orders.ts'
import { assembleOrder } from '../../server/services/download-orders.ts'
import type { OrderMessage } from '../../shared/orders.ts'
import { rounds, seed } from './setup.ts'
import { useStorageHere } from './storage-in-process.ts'

const context = useStorageHere()
const settings = { numRuns: rounds(60, 3000), seed }
const NOW = Date.parse('2026-11-24T08:00:00Z')

const line = fc.record({
  barcode: fc.constantFrom('6921168000012', '6901486110011', '6928450100028'),
  name: fc.constant('水'),
  num: fc.integer({ min: 1, max: 9 }),
  amount: fc.integer({ min: 0, max: 10_000 }),
  cost: fc.option(fc.integer({ min: 0, max: 9000 })),
})

/** The messages of one order: each update has its own time, as only then "newer" has a meaning. */
const messages = fc.uniqueArray(
  fc.record({
    status: fc.constantFrom(100, 101, 102, 103, 104, 105),
    e_id: fc.string({ minLength: 1, maxLength: 8 }),
    dev_id: fc.integer({ min: 1, max: 5 }),
    create_time: fc.constant(NOW),
    update_time: fc.integer({ min: 1, max: 1000 }).map((seconds) => NOW + seconds * 1000),
    products: fc.array(line, { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 5, selector: (message) => message.update_time },
) as fc.Arbitrary<Omit<OrderMessage, 'trans_id'>[]>

/** The messages, some of them more than once, in any order. */
const deliveries = messages.chain((sent) =>
  fc.tuple(
    fc.constant(sent),
    fc.array(fc.nat(sent.length - 1), { maxLength: 6 }).chain((again) => {
      const all = [...sent, ...again.map((index) => sent[index]!)]
      return fc.shuffledSubarray(all, { minLength: all.length })
    }),
    fc.boolean(),
  ),
)

let count = 0

async function deliver(sent: Omit<OrderMessage, 'trans_id'>[], atOnce: boolean, trans_id = `P${++count}`) {
  const send = (message: Omit<OrderMessage, 'trans_id'>) => receiveOrder(1, { ...message, trans_id }, 'goBox', NOW)
  if (atOnce) await Promise.all(sent.map(send))
  else for (const message of sent) await send(message)
  return trans_id
}

function stored(transId: string) {
  const rows = context.storage.sqlite
    .prepare<[string], Record<string, unknown>>(
      'SELECT status, e_id, dev_id, create_time, update_time, total_amount, products FROM orders WHERE trans_id = ?',
    )
    .all(transId)
  return rows.map((row) => ({ ...row, products: JSON.parse(row.products as string) as unknown }))
}

const rowOf = ({ products, ...message }: Omit<OrderMessage, 'trans_id'>) => ({
  ...message,
  total_amount: products.reduce((sum, { amount }) => sum + amount, 0),
  products: JSON.parse(JSON.stringify(products)) as unknown,
})

const newest = (sent: Omit<OrderMessage, 'trans_id'>[]) =>
  sent.reduce((best, message) => (message.update_time > best.update_time ? message : best))

test('the messages of one order, in any order and some of them again: the row is that of the newest', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, async ([sent, delivered, atOnce]) => {
      expect(stored(await deliver(delivered, atOnce))).toEqual([rowOf(newest(sent))])
    }),
    settings,
  )
})

test('three messages, each twice, in all 90 orders: the same row', async () => {
  const [sent] = fc.sample(
    messages.filter(({ length }) => length === 3),
    { numRuns: 1, seed },
  )
  const orders = arrangements([0, 0, 1, 1, 2, 2])
  expect(orders.length).toBe(90)
  const rows = await Promise.all(
    orders.map(async (order) =>
      stored(
        await deliver(
          order.map((index) => sent![index]!),
          true,
        ),
      ),
    ),
  )
  expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(1)
  expect(rows[0]).toEqual([rowOf(newest(sent!))])
})

test('after the import, in any order and some of them again: status and time of the newest, the rest as it was imported', async () => {
  await fc.assert(
    fc.asyncProperty(
      deliveries,
      fc.constantFrom('created', 'imported', 'sending'),
      async ([sent, delivered, atOnce], state) => {
        const imported = { ...sent[0]!, status: 100, update_time: NOW } as const
        const transId = await deliver([imported], false)
        context.storage.sqlite.prepare('UPDATE orders SET import_state = ? WHERE trans_id = ?').run(state, transId)
        await deliver(delivered, atOnce, transId)
        const { status, update_time } = newest(sent)
        expect(stored(transId)).toEqual([{ ...rowOf(imported), status, update_time }])
      },
    ),
    settings,
  )
})

test("the entries of one order in goBox's list, in any order: the same order", () => {
  const entry = fc.record({
    barcode: fc.constantFrom('a', 'b', 'c', ''),
    num: fc.integer({ min: 1, max: 9 }),
    amount: fc.integer({ min: 0, max: 99 }),
    time: fc.integer({ min: 10, max: 59 }),
  })
  // Entries of the same moment come from the same state of the order.
  const entries = fc
    .uniqueArray(entry, { minLength: 1, maxLength: 8, selector: ({ barcode, time }) => `${barcode} ${time}` })
    .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })))
  const assemble = (list: { barcode: string; num: number; amount: number; time: number }[]) => {
    const { products, update_time, status } = assembleOrder(
      list.map(({ barcode, num, amount, time }) => ({
        trans_id: 'T',
        barcode,
        num,
        amount,
        status: time % 2 ? 100 : 103,
        update_time: `2026-11-20 10:00:${time}`,
      })),
      'Asia/Shanghai',
    ) as ReturnType<typeof assembleOrder> & Record<'update_time' | 'status', unknown>
    return {
      update_time,
      status,
      products: products.toSorted((a, b) => (String(a.barcode) < String(b.barcode) ? -1 : 1)),
    }
  }
  fc.assert(
    fc.property(entries, ([list, shuffled]) => {
      expect(assemble(shuffled)).toEqual(assemble(list))
    }),
    settings,
  )
})

function arrangements(items: number[]): number[][] {
  if (items.length === 0) return [[]]
  return [...new Set(items)].flatMap((first) =>
    arrangements(items.toSpliced(items.indexOf(first), 1)).map((rest) => [first, ...rest]),
  )
}
