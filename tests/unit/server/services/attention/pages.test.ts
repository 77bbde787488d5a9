import { expect, it } from 'vitest'
import type { AttentionItem, AttentionKind } from '#shared/attention'
import { fenToYuan } from '#shared/money'
import { orderQuerySchema } from '#shared/orders'
import { DAY } from '#shared/time'
import { queryOrders } from '#server/repositories/order-queries'
import { pauseImports } from '#server/repositories/set-of-books'
import { refreshAttention } from '#server/services/attention/list'
import { addDevice, addOrders, allOf, useTestStorage, type NewOrder } from '../../with-storage.ts'

const context = useTestStorage()
const now = Date.now()
const MINUTE = 60_000
const schema = orderQuerySchema('Asia/Shanghai')

/** Orders that need somebody for one reason or another, and some that look like them. */
function someOrders(): NewOrder[] {
  const queued = { importState: 'queued' as const }
  const reasons = Array.from({ length: 25 }, (_, index): NewOrder[] =>
    Array.from({ length: 1 + (index % 3) }, () => ({
      setOfBookId: context.own,
      importState: 'failed',
      importError: `原因 ${index}`,
    })),
  )
  const list: Omit<NewOrder, 'setOfBookId'>[] = [
    { ...queued, importDueAt: now - 31 * MINUTE },
    { ...queued, importDueAt: now - 2 * DAY },
    { ...queued, importDueAt: now - 29 * MINUTE },
    { ...queued, importDueAt: now + MINUTE },
    { importState: 'created', importDueAt: now - 40 * MINUTE },
    { importState: 'sending', importDueAt: now - 40 * MINUTE, importLease: 'somebody' },
    { status: 103, importState: 'imported' },
    { status: 103, importState: 'imported', refundHandledAt: now },
    { status: 102, updateTime: now - 2 * DAY },
    { status: 102, updateTime: now },
    { devId: 77 },
    { devId: 77, status: 103 },
  ]
  return [...reasons.flat(), ...list.map((order) => ({ ...order, setOfBookId: context.own }))].map(
    (order, index): NewOrder => ({
      createTime: now - (index % 10) * DAY,
      products: [{ barcode: '1', name: 'x', num: 1, amount: 100 + index }],
      ...order,
    }),
  )
}

async function itemsOfOrders(): Promise<AttentionItem[]> {
  const list = await refreshAttention(context.own, now)
  return list!.items.map(({ item }) => item).filter(({ amount }) => amount !== null)
}

/** What the page that an item leads to shows. */
async function shownBy({ to }: AttentionItem) {
  const asked = schema.parse(Object.fromEntries(new URL(to, 'http://page').searchParams))
  const { total, amount, rows } = await queryOrders(context.own, { ...asked, limit: 1000 })
  expect(await allOf(rows)).toHaveLength(total)
  return { count: total, amount: fenToYuan(amount) }
}

const counts = (items: AttentionItem[], kind: AttentionKind) =>
  items.filter((item) => item.kind === kind).map(({ key, count }) => [key, count])

it('leads to the page that shows exactly the orders that it counts', async () => {
  await addDevice(context.storage, context.own, 1, '大厅')
  await addOrders(context.storage, someOrders())
  const running = await itemsOfOrders()
  await pauseImports(context.own, { message: 'C8 登录已失效', code: 'imports_await_log_in' })
  const paused = (await itemsOfOrders()).filter(({ kind }) => kind === 'imports_paused')
  for (const item of [...running, ...paused]) {
    const { count, amount } = item
    expect(await shownBy(item), item.to).toEqual({ count, amount })
  }
  expect(counts(running, 'import_stuck')).toEqual([['', 3]])
  expect(counts(paused, 'imports_paused')).toEqual([['', 4]])
  const failed = counts(running, 'import_failed')
  expect(failed).toHaveLength(21)
  expect(failed).toContainEqual(['other', 10])
  expect(counts(running, 'refund_unhandled')).toEqual([['', 1]])
  expect(counts(running, 'refund_overdue')).toEqual([['', 1]])
  expect(counts(running, 'cabinet_unconfigured')).toEqual([['77', 1]])
})
