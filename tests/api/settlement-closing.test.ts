import { describe, expect, it, vi } from 'vitest'
import type { SettlementDetail } from '../../shared/settlement-answers.ts'
import { failed, orderMessage, type Fields } from './server.ts'
import { daysOf, useSettlementShop } from './settlement-shop.ts'

const { context, world, control, ask, view, sell, check } = useSettlementShop()
const nextDay = daysOf('2026-09')

describe('closing', () => {
  it('decides upon the differences, and tells the audit the figures, as reopening does', async () => {
    const date = nextDay()
    await sell('decided', `${date} 10:00:00`)
    const [{ id }] = (await check(date)).differences as [SettlementDetail['differences'][number]]
    await ask(`POST /api/settlements/${date}/close`, { note: '月底' })
    const accept = () => ask(`POST /api/settlements/${date}/differences/${id}/accept`, { note: 'x' })
    expect(await accept()).toMatchObject({ status: 409, body: failed(/已日结/, 'day_closed') })
    await ask(`POST /api/settlements/${date}/reopen`, { note: '漏了一单' })
    expect(await accept()).toMatchObject({ status: 200 })
    const { body } = await ask<{ root: { event: string; detail: Fields }[] }>('GET /api/audit')
    const figures = {
      gobox_orders: 1,
      stored_orders: 1,
      stored_amount: 10.5,
      c8_orders: 0,
      refunds_orders: 0,
      differences: 1,
    }
    const told = (event: string) => body.root.find((row) => row.event === event)
    expect(told('day_closed')).toMatchObject({ detail: { name: date, after: { ...figures, note: '月底' } } })
    expect(told('day_reopened')).toMatchObject({ detail: { name: date, before: figures, after: { note: '漏了一单' } } })
  })

  it('lists each kind of change since, and an order that moves into the day or out of it', async () => {
    const [date, other] = [nextDay(), nextDay()]
    const move = (id: string, hour: number, changes: Fields) =>
      sell(id, `${date} 10:00:00`, { update_time: `${date} ${hour}:00:00`, ...changes })
    for (const id of ['c-lines', 'c-cabinet', 'c-out']) await sell(id, `${date} 10:00:00`)
    await sell('c-in', `${other} 10:00:00`)
    await check(date)
    await ask(`POST /api/settlements/${date}/close`, { note: 'x' })
    const [first, second] = orderMessage('x').products
    await move('c-lines', 11, { products: [{ ...first!, num: 1 }, second!] })
    await move('c-lines', 12, { products: [{ ...first!, num: 1, amount: 8 }, second!] })
    await move('c-cabinet', 11, { dev_id: 10087 })
    await move('c-out', 11, { create_time: `${other} 10:00:00` })
    await move('c-in', 11, { update_time: `${other} 11:00:00` })
    const { body } = await ask<{ root: Fields[] }>(`GET /api/settlements/${date}/changes`)
    const told = Object.groupBy(body.root.toReversed(), ({ trans_id: id }) => String(id))
    expect(told['c-lines']).toMatchObject([
      { detail: '商品明细有变化', lines_changed: true, before: { total_amount: 10.5 }, after: { total_amount: 10.5 } },
      { detail: expect.stringMatching(/10.5 元 → 11.5 元/), lines_changed: true, after: { total_amount: 11.5 } },
    ])
    expect(told['c-cabinet']).toMatchObject([
      { before: { dev_id: 10086 }, after: { dev_id: 10087 }, lines_changed: false },
    ])
    expect(told['c-out']).toMatchObject([{ after: { create_time: `${other} 10:00:00` } }])
    expect(told['c-in']).toMatchObject([{ before: { create_time: `${other} 10:00:00` } }])
    expect((await view(date)).changed_after_close).toBe(5)
  })

  it('shows in the preview of an order what keeps it from being imported', async () => {
    const date = nextDay()
    const id = await sell('previewed', `${date} 10:00:00`)
    const preview = async () => (await ask(`GET /api/orders/${id}?action=preview_import`)).body
    expect(await preview()).toMatchObject({ draft: { total_amount: 10.5 }, problems: [] })
    await check(date)
    await ask(`POST /api/settlements/${date}/close`, { note: 'x' })
    expect(await preview()).toMatchObject({ draft: null, problems: [expect.stringMatching(/已日结/)] })
  })

  it('waits for an import that is under way, whose document is finished all the same', async () => {
    const date = nextDay()
    const id = await sell('under-way', `${date} 10:00:00`)
    await check(date)
    await control().latency({ 'c8.retail_create': 600 })
    const importing = ask(`POST /api/orders/${id}?action=import`)
    await vi.waitUntil(async () => (await control().counts())['c8.retail_create'], { timeout: 5000, interval: 10 })
    const refusal = { status: 409, body: failed(/正在导入/, 'day_importing') }
    expect(await ask(`POST /api/settlements/${date}/close`, { note: 'x' })).toMatchObject(refusal)
    expect(await importing).toMatchObject({ status: 200 })
    await control().latency({})
    expect(await ask(`POST /api/settlements/${date}/close`, { note: 'x' })).toMatchObject({ status: 200 })
  })

  it('waits for an order of which C8 has not said whether it made the document', async () => {
    const date = nextDay()
    const id = await sell('awaited', `${date} 10:00:00`)
    await check(date)
    await control().fault({ step: 'c8.retail_create', kind: 'create_then_drop', times: 1 })
    await ask(`POST /api/orders/${id}?action=import`)
    await control().fault({ step: 'c8.retail_lookup', kind: 'status' })
    const refusal = { status: 409, body: failed(/正在导入/, 'day_importing') }
    expect(await ask(`POST /api/settlements/${date}/close`, { note: 'x' })).toMatchObject(refusal)
    await control().clearFaults()
  })

  it('is refused after a check that began before the day was over', async () => {
    const date = nextDay()
    const { checked_at: checkedAt } = await check(date)
    const set = (time: string) =>
      context.app.change(
        `UPDATE settlement_days SET checked_at = ${time} WHERE set_of_book_id = ? AND date = ?`,
        world.shop.id,
        date,
      )
    set('end_at')
    const refusal = { status: 409, body: failed(/过完以后还没有完整对账/, 'day_unchecked') }
    expect(await ask(`POST /api/settlements/${date}/close`, { note: 'x' })).toMatchObject(refusal)
    expect(checkedAt).not.toBeNull()
    set('end_at + 1')
    expect(await ask(`POST /api/settlements/${date}/close`)).toMatchObject({ status: 200 })
  })

  it.each(['', ' ', 'x'.repeat(201)])('takes no “%s” as a note', async (note) => {
    const date = nextDay()
    await check(date)
    const notes = { status: 400, body: failed(/^note/) }
    for (const action of ['close', 'reopen', 'changes/accept', 'differences/1/accept'])
      expect(await ask(`POST /api/settlements/${date}/${action}`, { note })).toMatchObject(notes)
  })

  it('leaves the day’s orders out of resets and deletions of many, too', async () => {
    const date = nextDay()
    const imported = await sell('kept', `${date} 10:00:00`)
    await ask(`POST /api/orders/${imported}?action=import`)
    const idle = await sell('kept-idle', `${date} 11:00:00`)
    await check(date)
    await ask(`POST /api/settlements/${date}/close`, { note: 'x' })
    for (const [kind, id] of [
      ['reset', imported],
      ['delete', idle],
    ] as const) {
      const { body: plan } = await ask('POST /api/jobs/plan', { kind, ids: [id] })
      expect(plan).toMatchObject({ count: 0, skipped: [{ reason: 'closed', count: 1 }] })
      const { body: job } = await ask('POST /api/jobs', { kind, ids: [id] })
      const path = `GET /api/jobs/${job.id as number}`
      await vi.waitUntil(async () => (await ask(path)).body.pending === 0, { timeout: 10_000, interval: 50 })
      expect((await ask(path)).body).toMatchObject({ failed: 1, failures: [{ code: 'day_closed' }] })
    }
    expect(await context.app.findOrder(world.shop, 'kept')).toMatchObject({ import_state: 'imported' })
    expect(await context.app.findOrder(world.shop, 'kept-idle')).toMatchObject({ import_state: 'idle' })
  })

  it('leaves a document that exists to be finished', async () => {
    const date = nextDay()
    const id = await sell('made', `${date} 10:00:00`)
    await control().fault({ step: 'c8.confirm', kind: 'refuse' })
    expect(await ask(`POST /api/orders/${id}?action=import`)).toMatchObject({ status: 422 })
    await control().clearFaults()
    await check(date)
    expect(await ask(`POST /api/settlements/${date}/close`, { note: 'x' })).toMatchObject({ status: 200 })
    expect(await ask(`POST /api/orders/${id}?action=import`)).toMatchObject({ status: 200 })
    expect((await view(date)).changed_after_close).toBe(0)
  })

  it('is refused while a check runs, whatever its note', async () => {
    const date = nextDay()
    await sell('checked-now', `${date} 10:00:00`)
    await check(date)
    await control().latency({ 'gobox.trade': 300 })
    await ask(`POST /api/settlements/${date}/check`)
    const refusal = { status: 409, body: failed(/正在对账/, 'day_checking') }
    expect(await ask(`POST /api/settlements/${date}/close`, { note: 'x' })).toMatchObject(refusal)
    await control().latency({})
    expect(await ask(`DELETE /api/settlements/${date}/check`)).toMatchObject({ status: 200 })
    expect(await ask(`DELETE /api/settlements/${date}/check`)).toMatchObject({ status: 409 })
  })
})
