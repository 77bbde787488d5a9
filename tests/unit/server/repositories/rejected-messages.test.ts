import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { rejectedMessages } from '#drizzle/schema/messages'
import {
  deleteRejectedMessage,
  getRejectedMessage,
  keepRejectedMessage,
  KEPT_PER_SET,
  listRejectedMessages,
} from '#server/repositories/rejected-messages'
import { plansOf, useTestStorage, addSetOfBook } from '../with-storage.ts'
import type { SqliteStorage } from '#server/storage/sqlite/open'

const context = useTestStorage()
const reason = { message: 'status：不是已知的订单状态', code: 'invalid' as const, params: { field: 'status' } }
const by = { setOfBookId: null, user: 'x', address: '127.0.0.1' }
let names = 0
const fresh = () => addSetOfBook(context.storage, `kept ${++names}`)

const keep = (setOfBookId: number, body: string, transId: string | null, now: number) =>
  keepRejectedMessage({ setOfBookId, source: 'webhook', transId }, reason, Buffer.from(body), now)
const list = (setOfBookId: number) => listRejectedMessages(setOfBookId, { start: 0, limit: 1000 })

describe('a refused message', () => {
  it('is kept once for each order: the newest text of it, how often and since when', async () => {
    const set = await fresh()
    for (let retry = 1; retry <= 50; retry++) await keep(set, `{"trans_id":"T1","time":${retry}}`, 'T1', retry)
    await keep(set, '{"trans_id":"T2"}', 'T2', 60)
    const { total, pushedOut, rows } = await list(set)
    expect({ total, pushedOut }).toEqual({ total: 2, pushedOut: 0 })
    expect(rows).toMatchObject([
      { transId: 'T2', count: 1, firstAt: 60, receivedAt: 60 },
      { transId: 'T1', count: 50, firstAt: 1, receivedAt: 50 },
    ])
    expect((await getRejectedMessage(set, rows[1]!.id))!.body).toBe('{"trans_id":"T1","time":50}')
  })

  it('without a readable order is kept once for each text', async () => {
    const set = await fresh()
    for (const body of ['no JSON', 'other', 'no JSON']) await keep(set, body, null, 1)
    expect((await list(set)).rows.map(({ count }) => count).sort()).toEqual([1, 2])
  })

  it('never pushes out another order by its own retries, and what is pushed out is counted', async () => {
    const set = await fresh()
    const { storage } = context
    for (let index = 0; index < 3; index++) await keep(set, `{"old":${index}}`, `old-${index}`, index)
    for (let begin = 3; begin < KEPT_PER_SET; begin += 100)
      await Promise.all(
        Array.from({ length: Math.min(100, KEPT_PER_SET - begin) }, (_, index) =>
          keep(set, 'x', `T-${begin + index}`, begin + index),
        ),
      )
    for (let retry = 0; retry < 30; retry++) await keep(set, `retry ${retry}`, 'T-500', 5000 + retry)
    expect(await list(set)).toMatchObject({ total: KEPT_PER_SET, pushedOut: 0 })
    await keep(set, 'new', 'new-1', 6000)
    await keep(set, 'new', 'new-2', 6001)
    const { total, pushedOut } = await list(set)
    expect({ total, pushedOut }).toEqual({ total: KEPT_PER_SET, pushedOut: 2 })
    const left = await storage.db
      .select({ transId: rejectedMessages.transId })
      .from(rejectedMessages)
      .where(eq(rejectedMessages.setOfBookId, set))
    const ids = new Set(left.map(({ transId }) => transId))
    expect(['old-0', 'old-1', 'old-2', 'T-500', 'new-2'].map((id) => ids.has(id))).toEqual([
      false,
      false,
      true,
      true,
      true,
    ])
    // Room that a person makes is used again.
    const { rows } = await list(set)
    await deleteRejectedMessage(set, rows[0]!.id, by)
    await keep(set, 'new', 'new-3', 6002)
    expect(await list(set)).toMatchObject({ total: KEPT_PER_SET, pushedOut: 2 })
  })

  it('of an earlier release counts as one', async () => {
    const set = await fresh()
    const values = { setOfBookId: set, receivedAt: 7, source: 'webhook' as const, body: 'x', truncated: false }
    await context.storage.write((tx) => tx.insert(rejectedMessages).values({ ...values, reason: '旧' }))
    await keep(set, 'new', 'T1', 8)
    const { total, rows } = await list(set)
    expect(total).toBe(2)
    expect(rows[1]).toMatchObject({ transId: null, count: 1, firstAt: 7 })
  })

  it.runIf(process.env.TEST_ENGINE !== 'postgres')('is kept without reading those that are there', async () => {
    const set = await fresh()
    await keep(set, 'first', 'T1', 1)
    const plan = await plansOf(context.storage as SqliteStorage, () => keep(set, 'again', 'T2', 2))
    expect(plan.filter((step) => step.includes('SCAN'))).toEqual([])
  })
})
