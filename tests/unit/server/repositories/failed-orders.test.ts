import { beforeAll, expect, it } from 'vitest'
import { listFailedFor, listFailedGroups } from '#server/repositories/failed-orders'
import { reasonKey } from '#shared/error-codes'
import { engine } from '../../../api/database.ts'
import type { SqliteStorage } from '#server/storage/sqlite/open'
import { addOrders, plansOf, useTestStorage } from '../with-storage.ts'

const context = useTestStorage()
const failedFor = (barcode: string) => ({
  importState: 'failed' as const,
  importError: `C8 里没有条码 ${barcode}`,
  importErrorCode: 'product_unknown' as const,
  importErrorParams: { barcode },
})
const keyOf = (barcode: string) => reasonKey({ message: '', code: 'product_unknown', params: { barcode } })

beforeAll(async () => {
  const { storage, own, neighbour } = context
  // More than are read at once, of two reasons by turns.
  const many = Array.from({ length: 1200 }, (_, index) => ({
    setOfBookId: own,
    createTime: 10_000 - index,
    ...failedFor(index % 3 === 0 ? 'rare' : 'common'),
  }))
  await addOrders(storage, [
    ...many,
    { setOfBookId: neighbour, ...failedFor('theirs') },
    { setOfBookId: own, importState: 'idle', importError: 'x', importErrorCode: 'product_unknown' },
    { setOfBookId: own, importState: 'failed', importError: '以前的原因' },
  ])
})

it('counts each reason over all slices, with the oldest order’s time', async () => {
  const groups = await listFailedGroups(context.own)
  expect(groups.map(({ params, message, orders, amount }) => [params?.barcode ?? message, orders, amount])).toEqual([
    ['common', 800, 200_000],
    ['rare', 400, 100_000],
    ['以前的原因', 1, 250],
  ])
  expect(groups[0]!.since).toBe(10_000 - 1199)
})

it('finds the orders of one reason, no more than are asked for', async () => {
  expect(await listFailedFor(context.own, keyOf('rare'), 10_000)).toHaveLength(400)
  expect(await listFailedFor(context.own, keyOf('rare'), 7)).toHaveLength(7)
  expect(await listFailedFor(context.own, keyOf('theirs'), 7)).toEqual([])
})

it.runIf(engine === 'sqlite')('is led to the failed orders by their index, however many others there are', async () => {
  const plans = await plansOf(context.storage as SqliteStorage, () => listFailedGroups(context.own))
  expect(plans).not.toEqual([])
  for (const plan of plans) expect(plan).toMatch(/USING INDEX orders_import_failed/)
})
