import { describe, expect, it, vi } from 'vitest'
import type { SettlementDetail } from '../../shared/settlement-answers.ts'
import { itIsGuarded } from './scenarios.ts'
import { orderMessage } from './server.ts'
import { daysOf, useSettlementShop } from './settlement-shop.ts'

/** A zone whose clock changes: 1 November 2026 has 25 hours there. */
const { context, world, control, ask, view, sell, check } = useSettlementShop({ NUXT_TIME_ZONE: 'America/New_York' })
const nextDay = daysOf('2026-09')

describe('who may', () => {
  itIsGuarded('GET /api/settlements/2026-08-01', 'view', () => world)
  itIsGuarded('GET /api/settlements/2026-08-01/changes', 'view', () => world)
  itIsGuarded('GET /api/settlements/export', 'view', () => world)
  itIsGuarded('POST /api/settlements/2026-08-01/differences/1/accept', 'edit', () => world, { note: 'x' })
})

describe('a day', () => {
  it('on which the clock is set back has 25 hours, all of which belong to it', async () => {
    const date = '2026-11-01'
    const times = ['2026-10-31 23:59:59', `${date} 00:00:00`, `${date} 01:30:00`, `${date} 23:59:59`]
    for (const [index, time] of times.entries()) {
      const id = await sell(`long-${index}`, time)
      expect(await ask(`POST /api/orders/${id}?action=import`)).toMatchObject({ status: 200 })
    }
    const figures = { orders: 3, amount: 31.5 }
    expect(await check(date)).toMatchObject({ gobox: figures, stored: figures, c8: figures, differences: [] })
    expect(await ask(`POST /api/settlements/${date}/close`)).toMatchObject({ status: 200 })
    await sell('long-late', `${date} 23:59:59`)
    await sell('long-next', '2026-11-02 00:00:00')
    expect((await view(date)).changed_after_close).toBe(1)
    expect((await view('2026-11-02')).stored).toEqual({ orders: 1, amount: 10.5 })
  })

  it('on which the clock is set ahead has 23 hours, and none of the next day', async () => {
    const date = '2026-03-08'
    for (const [index, time] of [`${date} 00:00:00`, `${date} 23:59:59`, '2026-03-09 00:00:00'].entries())
      await sell(`short-${index}`, time)
    const figures = { orders: 2, amount: 21 }
    expect(await check(date)).toMatchObject({ gobox: figures, stored: figures, c8: { orders: 0, amount: 0 } })
  })

  it('that has not begun is neither checked nor closed', async () => {
    expect(await ask('POST /api/settlements/2099-01-01/check')).toMatchObject({ status: 422 })
    expect(await ask('POST /api/settlements/2099-01-01/close')).toMatchObject({ status: 409 })
    expect(await ask('POST /api/settlements/2099-01-01/reopen', { note: 'x' })).toMatchObject({ status: 409 })
  })

  it('that two people have checked at once is checked once', async () => {
    const date = nextDay()
    const asked = await Promise.all([1, 2, 3].map(() => ask(`POST /api/settlements/${date}/check`)))
    expect(asked.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    await vi.waitUntil(async () => (await view(date)).status === 'checked', { timeout: 10_000, interval: 50 })
  })

  it('keeps what the last complete check found when goBox fails in the middle', async () => {
    const date = nextDay()
    await control().settings({ page_size: 1 })
    await sell('page-1', `${date} 10:00:00`)
    await sell('page-2', `${date} 11:00:00`)
    const before = await check(date)
    await control().fault({ step: 'gobox.trade', kind: 'status', containing: '"page":2' })
    const after = await check(date)
    expect(after.check_error).toMatch(/goBox/)
    expect({ ...after, check_error: null, check_error_code: null, check_error_params: null }).toEqual(before)
    await control().settings({ page_size: 50 })
  })
})

describe('a check', () => {
  it('leaves to the next one what is being sent, and what comes or changes since it began', async () => {
    const date = nextDay()
    const sending = await sell('m-sending', `${date} 10:00:00`)
    await sell('m-changed', `${date} 11:00:00`)
    await check(date)
    await control().latency({ 'c8.retail_create': 1500, 'gobox.trade': 300 })
    const importing = ask(`POST /api/orders/${sending}?action=import`)
    await vi.waitUntil(async () => (await control().counts())['c8.retail_create'], { timeout: 5000, interval: 10 })
    expect(await ask(`POST /api/settlements/${date}/check`)).toMatchObject({ status: 200 })
    await vi.waitUntil(async () => (await view(date)).progress !== null, { timeout: 5000, interval: 10 })
    const time = { create_time: `${date} 12:00:00`, update_time: `${date} 13:00:00` }
    await context.app.receive(world.shop, 'm-come', { ...orderMessage('m-come'), ...time })
    await context.app.receive(world.shop, 'm-changed', { ...orderMessage('m-changed'), ...time, status: 103 })
    await vi.waitUntil(async () => (await view(date)).status === 'checked', { timeout: 10_000, interval: 50 })
    // As the check before has left it.
    const found = [
      { kind: 'not_imported', trans_id: 'm-sending', resolved_at: null },
      { kind: 'not_imported', trans_id: 'm-changed', resolved_at: null },
    ]
    expect((await view(date)).differences).toMatchObject(found)
    expect(await importing).toMatchObject({ status: 200 })
    await control().latency({})
    const after = (await check(date)).differences.filter(({ resolved_at: resolved }) => resolved === null)
    expect(after.map(({ kind, trans_id: id }) => `${kind} ${id}`).sort()).toEqual([
      'missing_at_gobox m-come',
      'not_imported m-come',
      'status_differs m-changed',
    ])
  })

  it('compares what C8 tells of the amount, and opens again what was accepted with other amounts', async () => {
    const date = nextDay()
    const id = await sell('other-amount', `${date} 10:00:00`)
    await ask(`POST /api/orders/${id}?action=import`)
    const [document] = await control().documents('other-amount')
    const become = (total_amount: number) => control().changeDocument(document!.id, { total_amount })
    await control().settings({ retail_fields: ['source_id', 'total_amount'] })
    try {
      await become(9.5)
      const found = await check(date)
      const differs = { kind: 'document_differs', stored_amount: 10.5, c8_amount: 9.5, accepted_at: null }
      expect(found).toMatchObject({ c8: { orders: 1, amount: 9.5 }, differences: [differs] })
      await ask(`POST /api/settlements/${date}/differences/${found.differences[0]!.id}/accept`, { note: '已核对' })
      expect(await check(date)).toMatchObject({ differences: [{ c8_amount: 9.5, note: '已核对' }] })
      await become(8.5)
      const again = [{ id: found.differences[0]!.id, c8_amount: 8.5, accepted_at: null, note: null }]
      expect(await check(date)).toMatchObject({ differences: again })
    } finally {
      await control().settings({ retail_fields: [] })
    }
  })

  it('only reads C8', async () => {
    const date = nextDay()
    const id = await sell('read-only', `${date} 10:00:00`)
    await ask(`POST /api/orders/${id}?action=import`)
    await sell('read-only-2', `${date} 11:00:00`)
    const before = await control().counts()
    await check(date)
    const more = Object.entries(await control().counts()).filter(([step, count]) => count !== before[step as never])
    expect(more.map(([step]) => step).filter((step) => step.startsWith('c8.'))).toEqual(['c8.retail_lookup'])
  })

  it('counts what goBox lists of another day for that day', async () => {
    const date = nextDay()
    const next = nextDay()
    // In the shop's zone it is the evening before.
    await sell('other-day', `${next} 02:00:00+08:00`)
    expect(await check(next)).toMatchObject({ gobox: { orders: 0 }, stored: { orders: 0 }, differences: [] })
    expect((await view(date)).stored).toEqual({ orders: 1, amount: 10.5 })
  })

  it('ends with a reason where nobody is logged in to C8, keeps what it found, and resolves nothing', async () => {
    const date = nextDay()
    const { app } = context
    const other = await app.openShopWithCredentials()
    const asOther = (request: string) => app.ask<SettlementDetail>(request, { token: other.token })
    const message = { create_time: `${date} 10:00:00`, update_time: `${date} 10:00:00` }
    await app.receive(other, 'no-log-in', message)
    const viewer = await app.logIn(other.name, 1)
    await control().latency({ 'gobox.trade': 500 })
    await asOther(`POST /api/settlements/${date}/check`)
    expect(await asOther('DELETE /api/access_token')).toMatchObject({ status: 200 })
    const seen = () => app.ask<SettlementDetail>(`GET /api/settlements/${date}`, { token: viewer.token })
    await vi.waitUntil(async () => (await seen()).body.check_error !== null, { timeout: 10_000, interval: 50 })
    await control().latency({})
    expect((await seen()).body).toMatchObject({
      status: 'open',
      checked_at: null,
      check_error: expect.stringMatching(/重新登录/),
      check_error_code: 'check_needs_log_in',
      c8: null,
      differences: [{ kind: 'missing_at_gobox' }, { kind: 'not_imported' }],
    })
  })

  it('has its refund resolved at once by whoever says what was done', async () => {
    const date = nextDay()
    const id = await sell('handled', `${date} 10:00:00`)
    await ask(`POST /api/orders/${id}?action=import`)
    await sell('handled', `${date} 10:00:00`, { status: 103, update_time: `${date} 12:00:00` })
    expect((await check(date)).differences).toMatchObject([{ kind: 'refunded_after_import', resolved_at: null }])
    await ask(`POST /api/orders/${id}?action=handle_refund`, { handled: true, note: 'TH-1' })
    expect((await view(date)).differences).toMatchObject([{ resolved_at: expect.any(String) }])
    expect(await check(date)).toMatchObject({ differences: [{ resolved_at: expect.any(String) }] })
  })
})
