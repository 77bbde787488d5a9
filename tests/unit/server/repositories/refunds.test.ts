import { describe, expect, it } from 'vitest'
import { resetImport } from '#server/repositories/import-steps'
import { findOrderIds, queryOrders } from '#server/repositories/order-queries'
import { getOrder } from '#server/repositories/orders'
import { saveRefund } from '#server/repositories/refunds'
import type { SqliteStorage } from '#server/storage/sqlite/open'
import type { ImportState } from '#shared/import-state'
import type { OrderStatus } from '#shared/order-status'
import { orderQuerySchema } from '#shared/orders'
import { addOrder, addOrders, addSetOfBook, allOf, plansOf, useTestStorage, type NewOrder } from '../with-storage.ts'

const context = useTestStorage()
const HOUR = 3_600_000
const DAY = 24 * HOUR
const now = Date.now()
const by = { setOfBookId: null, user: '陈晓东', address: '127.0.0.1' }
let sets = 0

const fresh = () => addSetOfBook(context.storage, `refunds ${++sets}`)
const find = (set: number, values: Record<string, unknown>) =>
  queryOrders(set, orderQuerySchema('Asia/Shanghai').parse(values))

/** An order in each state, by what becomes of its refund; `age` in days since its status changed. */
const KINDS: Record<string, [status: OrderStatus, importState: ImportState, age: number]> = {
  paid: [100, 'imported', 3],
  refunded: [103, 'imported', 3],
  refunding: [102, 'created', 0.5],
  stuck: [102, 'imported', 2],
  failed: [104, 'imported', 5],
  again: [110, 'imported', 0.9],
  'refunded before': [103, 'idle', 3],
  'stuck before': [104, 'failed', 4],
  'refunding before': [102, 'idle', 0.5],
}

async function addAll(set: number, names = Object.keys(KINDS)) {
  const rows = await addOrders(
    context.storage,
    names.map((name, index): NewOrder => {
      const [status, importState, age] = KINDS[name]!
      return {
        setOfBookId: set,
        transId: `${name} ${set}`,
        status,
        importState,
        createTime: now - 10 * DAY - index * 7 * HOUR,
        updateTime: now - age * DAY,
      }
    }),
  )
  return new Map(rows.map((row, index) => [names[index]!, row]))
}

async function namesOf(set: number, values: Record<string, unknown>) {
  const { rows, total } = await find(set, values)
  const names = (await allOf(rows)).map(({ transId }) => transId.replace(` ${set}`, ''))
  expect(total).toBe(names.length)
  return names
}

describe('the filters of refunds', () => {
  it('tell what waits, what was dealt with and what is overdue, the oldest first', async () => {
    const set = await fresh()
    const orders = await addAll(set)
    expect(await namesOf(set, { refunded_after_import: 1 })).toEqual([
      'refunded',
      'refunding',
      'stuck',
      'failed',
      'again',
    ])
    expect(await namesOf(set, { refund_handled: 0 })).toEqual(['refunded', 'refunding', 'stuck', 'failed', 'again'])
    expect(await namesOf(set, { refund_overdue: 1 })).toEqual(['failed', 'stuck before', 'stuck'])
    expect(await namesOf(set, { refund_handled: 1 })).toEqual([])
    for (const name of ['refunded', 'failed', 'stuck before'])
      await saveRefund(set, orders.get(name)!.id, '已退货', by, now)
    expect(await namesOf(set, { refund_handled: 0 })).toEqual(['refunding', 'stuck', 'again'])
    expect(await namesOf(set, { refund_handled: 1 })).toEqual(['refunded', 'failed', 'stuck before'])
    expect(await namesOf(set, { refund_overdue: 1 })).toEqual(['stuck'])
    expect(await namesOf(set, { refunded_after_import: 1 })).toHaveLength(5)
    expect(await namesOf(set, { refund_overdue: 0, status: 102 })).toEqual(['refunding', 'refunding before'])
  })

  it('go with the others, with sums, pages and the ids of a batch', async () => {
    const set = await fresh()
    await addAll(set)
    const sum = await find(set, { refund_handled: 0 })
    expect(sum).toMatchObject({ total: 5, amount: 5 * 250 })
    expect(await namesOf(set, { refund_handled: 0, status: 102 })).toEqual(['refunding', 'stuck'])
    expect(await namesOf(set, { refund_handled: 0, q: 'STUCK' })).toEqual(['stuck'])
    expect(await namesOf(set, { refund_handled: 0, sort: 'create_time' })).toEqual([
      'again',
      'failed',
      'stuck',
      'refunding',
      'refunded',
    ])
    const page = await find(set, { refund_overdue: 1, start: 1, limit: 1 })
    expect((await allOf(page.rows)).map(({ transId }) => transId)).toEqual([`stuck before ${set}`])
    expect(page.total).toBe(3)
    expect(await findOrderIds(set, { refund_handled: false }, 10)).toHaveLength(5)
    const date = new Date(now - 10 * DAY - 4 * 7 * HOUR + 8 * HOUR).toISOString().slice(0, 10)
    const ofDay = await namesOf(set, { refund_handled: 0, start_date: date, end_date: date })
    expect(ofDay).toContain('failed')
    expect(ofDay.length).toBeLessThan(5)
  })

  it.runIf(process.env.TEST_ENGINE !== 'postgres')('read through indexes of their own', async () => {
    const set = await fresh()
    await addAll(set)
    for (const [filter, index] of [
      [{ refund_handled: 0 }, 'orders_refund_waiting'],
      [{ refund_handled: 1 }, 'orders_refund_handled'],
      [{ refund_overdue: 1 }, 'orders_refund_due'],
    ] as const) {
      const plan = await plansOf(context.storage as SqliteStorage, () => find(set, filter))
      expect(plan.filter((step) => step.includes('orders')).join('\n'), JSON.stringify(filter)).toContain(index)
    }
  })
})

describe('dealing with a refund', () => {
  it('keeps what was done, by whom and when; again replaces it, and it can be taken back', async () => {
    const set = await fresh()
    const orders = await addAll(set)
    const { id } = orders.get('refunded')!
    expect(await saveRefund(set, id, '退货单 TH-1', by, now)).toMatchObject({
      refundHandledAt: now,
      refundHandledUser: '陈晓东',
      refundNote: '退货单 TH-1',
    })
    await saveRefund(set, id, '退货单 TH-2', { ...by, user: '李雪梅' }, now + 1)
    expect(await getOrder(set, id)).toMatchObject({ refundHandledUser: '李雪梅', refundNote: '退货单 TH-2' })
    expect(await saveRefund(set, id, null, by, now + 2)).toMatchObject({
      refundHandledAt: null,
      refundHandledUser: null,
      refundNote: null,
    })
    // Nothing to take back any more, which is no error.
    expect(await saveRefund(set, id, null, by, now + 3)).toMatchObject({ refundHandledAt: null })
  })

  it.each(['paid', 'refunded before', 'refunding before'])('is refused for an order that is %s', async (name) => {
    const set = await fresh()
    const { id } = (await addAll(set, [name])).get(name)!
    for (const note of ['x', null])
      await expect(saveRefund(set, id, note, by, now)).rejects.toMatchObject({ status: 422, code: 'refund_not_open' })
  })

  it('that has been dealt with can be replaced whatever became of the order', async () => {
    const set = await fresh()
    const order = await addOrder(context.storage, { setOfBookId: set, status: 100, refundHandledAt: 1 })
    expect(await saveRefund(set, order.id, '再次核对', by, now)).toMatchObject({ refundNote: '再次核对' })
  })

  it("does not find another account set's order", async () => {
    const set = await fresh()
    const { id } = (await addAll(set, ['refunded'])).get('refunded')!
    await expect(saveRefund(context.own, id, 'x', by, now)).rejects.toMatchObject({ status: 404 })
  })

  it('is forgotten by a reset', async () => {
    const set = await fresh()
    const { id } = (await addAll(set, ['refunded'])).get('refunded')!
    await saveRefund(set, id, '已退货', by, now)
    expect(await resetImport((await getOrder(set, id))!, by)).toBe(true)
    expect(await getOrder(set, id)).toMatchObject({ importState: 'idle', refundHandledAt: null, refundNote: null })
  })
})
