import { describe, expect, it } from 'vitest'
import { enqueuePaidOrders } from '#server/repositories/automations'
import { cancelBatch, fillBatch, readOrders } from '#server/repositories/import-batch-work'
import { getBatch, getBatchProgress, insertBatch, listBatches, sweepBatches } from '#server/repositories/import-batches'
import { readHistory } from '#server/repositories/order-history'
import { claimNextDue } from '#server/repositories/import-claims'
import { markFailed } from '#server/repositories/import-steps'
import { getOrder, receiveOrder } from '#server/repositories/orders'
import { pauseImports, resumeImports } from '#server/repositories/set-of-books'
import { findOrderIds } from '#server/repositories/order-queries'
import type { SqliteStorage } from '#server/storage/sqlite/open'
import { addOrder, addOrders, addSetOfBook, openTestStorage, plansOf } from '../with-storage.ts'

const DAY = 24 * 3_600_000
const storage = await openTestStorage()
const mine = await addSetOfBook(storage, 'A001')
const by = { setOfBookId: mine, user: '陈晓东', address: '127.0.0.1' }

async function startBatch(orderIds: number[], now = 0, setOfBookId = mine) {
  const id = await insertBatch({ setOfBookId, kind: 'import', sessionId: 1, orderIds }, by, now)
  await fillBatch(setOfBookId, id, now)
  return id
}

describe.runIf(storage.engine === 'sqlite')('a new batch in SQLite', () => {
  it('looks for its orders by their ids, however many others there are', async () => {
    const ids = (await addOrders(storage, [{ setOfBookId: mine }, { setOfBookId: mine }])).map(({ id }) => id)
    const plans = await plansOf(storage as SqliteStorage, async () => {
      await readOrders(mine, ids)
      await startBatch(ids)
    })
    expect(plans.filter((step) => / orders /.test(step))).toEqual(
      expect.arrayContaining([expect.stringMatching(/INTEGER PRIMARY KEY/)]),
    )
    expect(plans.filter((step) => / orders USING (?!INTEGER PRIMARY KEY)/.test(step))).toEqual([])
  })

  it('of 10,000 orders holds nobody up for long, nor does its end', async () => {
    const set = await addSetOfBook(storage, 'large')
    const orders = Array.from({ length: 10_000 }, () => ({ setOfBookId: set }))
    const ids = (await addOrders(storage, orders)).map(({ id }) => id)
    // Counted instead of timed, which a busy machine makes long: how often others have their turn meanwhile.
    let turns = 0
    const count = () => {
      turns += 1
      immediate = setImmediate(count)
    }
    let immediate = setImmediate(count)
    const id = await startBatch(ids, 0, set)
    expect(turns).toBeGreaterThanOrEqual(100)
    turns = 0
    expect(await cancelBatch(set, id, by)).toBe(10_000)
    expect(turns).toBeGreaterThanOrEqual(100)
    clearImmediate(immediate)
    expect(await getBatchProgress(set, id)).toMatchObject({ total: 10_000, cancelled: 10_000, pending: 0 })
  })
})

it('a batch that was cut off while it was made goes on where it was, without what was deleted meanwhile', async () => {
  const ids = (await addOrders(storage, [{ setOfBookId: mine }, { setOfBookId: mine }])).map(({ id }) => id)
  const id = await insertBatch({ setOfBookId: mine, kind: 'import', sessionId: 1, orderIds: [...ids, 987_654] }, by, 0)
  expect(await getBatchProgress(mine, id)).toMatchObject({ total: 3, pending: 3 })
  await fillBatch(mine, id, 0)
  await fillBatch(mine, id, 0)
  expect(await getBatchProgress(mine, id)).toMatchObject({ total: 2, pending: 2 })
  await cancelBatch(mine, id, by)
})

it('batches that have ended are forgotten after ninety days, those that have not stay', async () => {
  const set = await addSetOfBook(storage, 'swept')
  const order = await addOrder(storage, { setOfBookId: set })
  const unpaid = await addOrder(storage, { setOfBookId: set, status: 101 })
  const open = await startBatch([order.id], DAY, set)
  const ended = await startBatch([unpaid.id], DAY, set)
  const young = await startBatch([unpaid.id], 50 * DAY, set)
  await sweepBatches(92 * DAY)
  expect(await getBatch(set, open)).toMatchObject({ pending: 1 })
  expect(await getBatch(set, ended)).toBeUndefined()
  expect(await getBatch(set, young)).toMatchObject({ failed: 1 })
})

it('what the automatic import queues is one batch a day, in nobody’s name', async () => {
  const set = await addSetOfBook(storage, 'automatic')
  const noon = Date.parse('2026-11-20T12:00:00+08:00')
  const queue = async (now: number) => {
    const { id } = await addOrder(storage, { setOfBookId: set, createTime: now })
    await enqueuePaidOrders(set, 0, now, now)
    return id
  }
  const first = await queue(noon)
  await queue(noon + 3_600_000)
  await queue(noon + DAY)
  expect(await listBatches(set, { start: 0, limit: 10, kind: 'import' })).toMatchObject({
    total: 2,
    rows: [
      { automaticDay: '2026-11-21', createdUser: '自动导入', total: 1, pending: 1 },
      { automaticDay: '2026-11-20', total: 2, pending: 2 },
    ],
  })
  const order = await claimNextDue(set, 'lease', 1, noon + DAY)
  expect(order).toMatchObject({ id: first, importUser: '自动导入' })
  const history = (await Array.fromAsync(readHistory(first, { first: 1, last: 9 }))).flat()
  expect(history).toMatchObject([
    { event: 'queued', user: '自动导入' },
    { event: 'sending', user: '自动导入' },
  ])
})

it('nothing is taken up where all places are taken, nor while the queue rests', async () => {
  const set = await addSetOfBook(storage, 'places')
  const orders = await addOrders(storage, [{ setOfBookId: set }, { setOfBookId: set }, { setOfBookId: set }])
  const ids = orders.map(({ id }) => id)
  await startBatch(ids, 0, set)
  expect(await claimNextDue(set, 'first', 1, DAY)).toMatchObject({ id: ids[0] })
  expect(await claimNextDue(set, 'second', 1, DAY)).toBeUndefined()
  await pauseImports(set, { message: 'C8 登录已失效', code: 'imports_await_log_in' })
  expect(await claimNextDue(set, 'second', 4, DAY)).toBeUndefined()
  await storage.write((tx) => resumeImports(tx, set))
  expect(await claimNextDue(set, 'second', 4, DAY)).toMatchObject({ id: ids[1] })
})

it.each(['failed', 'queued'] as const)(
  'an order that is paid back while its import is %s is to be imported no more',
  async (state) => {
    const set = await addSetOfBook(storage, `paid back ${state}`)
    const order = await addOrder(storage, { setOfBookId: set, createTime: DAY })
    const batch = await startBatch([order.id], 0, set)
    const lease = { orderId: order.id, lease: 'lease', user: '陈晓东' }
    if (state === 'failed') {
      await claimNextDue(set, 'lease', 1, DAY)
      await markFailed(lease, { message: 'C8 拒绝', code: 'upstream_refuses' })
      expect(await getBatchProgress(set, batch)).toMatchObject({ failed: 1, cancelled: 0 })
    }
    const { transId: trans_id, eId: e_id, devId: dev_id, createTime: create_time, updateTime, products } = order
    const message = { trans_id, e_id, dev_id, create_time, products, update_time: updateTime + 1, status: 103 } as const
    await receiveOrder(set, message, 'goBox', 2 * DAY)
    expect(await getOrder(set, order.id)).toMatchObject({ importState: 'idle', importError: null, importDueAt: null })
    expect(await getBatchProgress(set, batch)).toMatchObject({ failed: 0, pending: 0, cancelled: 1 })
    const history = (await Array.fromAsync(readHistory(order.id, { first: 1, last: 9 }))).flat()
    expect(history.slice(-2)).toMatchObject([{ event: 'changed' }, { event: 'cancelled', user: 'goBox' }])
  },
)

it('an order that is paid back while C8 refuses it has not failed', async () => {
  const set = await addSetOfBook(storage, 'paid back meanwhile')
  const order = await addOrder(storage, { setOfBookId: set, createTime: DAY })
  await startBatch([order.id], 0, set)
  await claimNextDue(set, 'lease', 1, DAY)
  const { transId: trans_id, eId: e_id, devId: dev_id, createTime: create_time, updateTime, products } = order
  const message = { trans_id, e_id, dev_id, create_time, products, update_time: updateTime + 1, status: 103 } as const
  await receiveOrder(set, message, 'goBox', 2 * DAY)
  expect(await getOrder(set, order.id)).toMatchObject({ importState: 'sending' })
  await markFailed(
    { orderId: order.id, lease: 'lease', user: '陈晓东' },
    { message: 'C8 拒绝', code: 'upstream_refuses' },
  )
  expect(await getOrder(set, order.id)).toMatchObject({ importState: 'idle' })
})

// On PostgreSQL the order may be there before the first statement is.
it.runIf(storage.engine === 'sqlite')(
  'orders that arrive while a filter is being read are not among those it finds',
  async () => {
    const set = await addSetOfBook(storage, 'moment')
    const [early, late] = await addOrders(storage, [
      { setOfBookId: set, createTime: 10 * DAY },
      { setOfBookId: set, createTime: 400 * DAY },
    ])
    const found = findOrderIds(set, {}, 10)
    const arrived = await addOrder(storage, { setOfBookId: set, createTime: DAY })
    expect(await found).toEqual([late!.id, early!.id])
    expect(await findOrderIds(set, {}, 10)).toContain(arrived.id)
  },
)
