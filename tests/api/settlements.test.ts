import { describe, expect, it, vi } from 'vitest'
import type { SettlementDetail, SettlementDay } from '../../shared/settlement-answers.ts'
import { itIsGuarded } from './scenarios.ts'
import { failed, orderMessage } from './server.ts'
import { daysOf, messageOf, useSettlementShop } from './settlement-shop.ts'

const nextDay = daysOf('2026-10')
/** `orderMessage`'s total. */
const TOTAL = 10.5

const { context, world, control, ask, view, sell, sellAndImport, check } = useSettlementShop()

const kinds = (day: SettlementDetail) =>
  day.differences.filter((row) => row.resolved_at === null).map(({ kind, trans_id: id }) => `${kind} ${id}`)

describe('the routes', () => {
  itIsGuarded('GET /api/settlements', 'view', () => world)
  itIsGuarded('POST /api/settlements/2026-09-01/check', 'create', () => world, {})
  itIsGuarded('DELETE /api/settlements/2026-09-01/check', 'create', () => world)
  itIsGuarded('POST /api/settlements/2026-09-01/close', 'edit', () => world, {})
  itIsGuarded('POST /api/settlements/2026-09-01/reopen', 'delete', () => world, { note: 'x' })
  itIsGuarded('POST /api/settlements/2026-09-01/changes/accept', 'edit', () => world, { note: 'x' })

  it.each(['2026-02-30', '2026-9-1', 'today', '20260901'])('know no day %s', async (date) => {
    for (const request of [`GET /api/settlements/${date}`, `POST /api/settlements/${date}/check`])
      expect(await ask(request, request.startsWith('POST') ? {} : undefined)).toMatchObject({ status: 404 })
  })

  it('show every day of the last 31 with today, newest first', async () => {
    const { body } = await ask<{ total: number; root: SettlementDay[] }>('GET /api/settlements')
    expect([body.total, body.root.length]).toEqual([31, 31])
    expect(body.root.map(({ date }) => date)).toEqual(
      body.root
        .map(({ date }) => date)
        .sort()
        .reverse(),
    )
    expect(body.root[0]).toMatchObject({ status: 'open', gobox: null, stored: { orders: 0, amount: 0 }, c8: null })
  })

  it('refuse more than 366 days', async () => {
    const of = (end: string) => ask(`GET /api/settlements?start_date=2025-01-01&end_date=${end}&limit=1000`)
    expect((await of('2026-01-01')).body).toMatchObject({ total: 366 })
    expect(await of('2026-01-02')).toMatchObject({ status: 400, body: failed(/end_date/) })
    expect(await ask('GET /api/settlements?start_date=2026-01-02&end_date=2026-01-01')).toMatchObject({ status: 400 })
  })

  it('refuse to check a day that has not begun, or without credentials, and to stop what does not run', async () => {
    expect(await ask('POST /api/settlements/2099-01-01/check')).toMatchObject({
      status: 422,
      body: failed(/还没有开始/, 'day_not_begun'),
    })
    expect(await ask('DELETE /api/settlements/2026-09-01/check')).toMatchObject({ status: 409 })
    const bare = await context.app.openShop()
    expect(await ask('POST /api/settlements/2026-09-01/check', {}, bare.token)).toMatchObject({
      status: 422,
      body: failed(/goBox/, 'credentials_missing'),
    })
  })
})

describe('a day check', () => {
  it('finds nothing on a day on which all agree, and shows the figures of all three', async () => {
    const date = nextDay()
    await sellAndImport('agree-1', date)
    await sellAndImport('agree-2', date, { dev_id: 10086, products: [orderMessage('x').products[0]] })
    await sell('agree-refunded', date, { status: 103 })
    const day = await check(date)
    expect(day).toMatchObject({
      status: 'checked',
      checked_user: '陈晓东',
      check_error: null,
      gobox: { orders: 2, amount: TOTAL + 7 },
      stored: { orders: 2, amount: TOTAL + 7 },
      c8: { orders: 2, amount: TOTAL + 7 },
      refunds: { orders: 1, amount: TOTAL },
      differences: [],
      progress: null,
      cabinets: [{ dev_id: 10086, name: '一号柜', gobox: { orders: 2 }, stored: { orders: 2 }, c8: { orders: 2 } }],
    })
    expect(
      (await ask<{ root: SettlementDay[] }>(`GET /api/settlements?start_date=${date}&end_date=${date}`)).body.root,
    ).toMatchObject([{ date, status: 'checked', differences: 0, fetched: 0 }])
  })

  it('takes in what was missed', async () => {
    const date = nextDay()
    await control().addOrders(world.shop.name, messageOf('missed', date))
    const day = await check(date)
    expect(day).toMatchObject({ fetched: 1, stored: { orders: 1 }, gobox: { orders: 1 } })
    expect(kinds(day)).toEqual(['not_imported missed'])
    expect(day.differences[0]!.detail).toContain('idle')
  })

  it('finds each kind of difference, and no other', async () => {
    const date = nextDay()
    const { app } = context
    await app.receive(world.shop, 'd-unlisted', messageOf('d-unlisted', date, { status: 105 }))
    await sell('d-status', date, { status: 101, update_time: `${date} 11:00:00` })
    await control().addOrders(world.shop.name, messageOf('d-status', date, { status: 107 }))
    await sellAndImport('d-amount', date)
    const more = [{ ...orderMessage('x').products[0]!, amount: 8 }]
    await control().addOrders(
      world.shop.name,
      messageOf('d-amount', date, { products: more, update_time: `${date} 12:00:00` }),
    )
    await sell('d-idle', date)
    await sellAndImport('d-missing', date)
    await sellAndImport('d-doubled', date)
    await sellAndImport('d-unfinished', date)
    await sellAndImport('d-differs', date)
    await sell('d-unknown', date, { status: 103 })
    await sellAndImport('d-refunded', date)
    await sell('d-refunded', date, { status: 103, update_time: `${date} 12:00:00` })
    await control().addTradeEntries(world.shop.name, {
      ...messageOf('d-refused', date),
      products: undefined,
      barcode: 'x',
      name: 'x',
      num: 0,
      amount: 1,
    } as never)
    const documentOf = async (id: string) => (await control().documents(id))[0]!
    await control().deleteDocument((await documentOf('d-missing')).id)
    await control().addDocument({ ...(await documentOf('d-doubled')), code: 'LS-again' })
    await control().changeDocument((await documentOf('d-unfinished')).id, { status: 4 })
    await control().addDocument({ ...(await documentOf('d-differs')), code: 'LS-other' })
    await control().deleteDocument((await documentOf('d-differs')).id)
    await control().addDocument({ ...(await documentOf('d-amount')), source_id: 'd-unknown', code: 'LS-unknown' })
    const day = await check(date)
    expect(kinds(day).sort()).toEqual([
      'amount_differs d-amount',
      'document_differs d-differs',
      'document_doubled d-doubled',
      'document_missing d-missing',
      'document_unfinished d-unfinished',
      'document_unknown d-unknown',
      'missing_at_gobox d-unlisted',
      'not_imported d-idle',
      'refunded_after_import d-refunded',
      'refused d-refused',
      'status_differs d-status',
    ])
    const found = Object.fromEntries(day.differences.map((row) => [row.trans_id, row]))
    expect(found['d-amount']).toMatchObject({ gobox_amount: 8, stored_amount: TOTAL, resolved_at: null })
    expect(found['d-refused']).toMatchObject({ order_id: null, gobox_amount: 1, stored_amount: null })
    expect(found['d-refused']).toMatchObject({ detail_code: 'invalid', detail_params: { rule: 'quantity' } })
    expect(found['d-idle']).toMatchObject({ detail_code: null, detail_params: null })
    expect((await check(date)).differences.map(({ id }) => id)).toEqual(day.differences.map(({ id }) => id))
  })

  it('tells why an order is not imported by a code, too, also of a day that is closed since', async () => {
    const date = nextDay()
    const id = await sell('coded', date, { dev_id: 10077 })
    expect((await ask(`POST /api/orders/${id}?action=import`)).status).toBe(422)
    const reason = { detail_code: 'device_unconfigured', detail_params: { dev_id: 10077 } }
    expect((await check(date)).differences).toMatchObject([
      { detail: expect.stringMatching(/^导入失败（failed）：货柜 10077/), ...reason },
    ])
    await ask(`POST /api/settlements/${date}/close`, { note: 'x' })
    expect((await view(date)).differences).toMatchObject([reason])
  })

  it('resolves what is mended, opens again what is back, and leaves what was accepted', async () => {
    const date = nextDay()
    const id = await sell('mended', date)
    const [first] = (await check(date)).differences
    await ask(`POST /api/orders/${id}?action=import`)
    expect((await check(date)).differences).toMatchObject([{ id: first!.id, resolved_at: expect.any(String) }])
    const [document] = await control().documents('mended')
    await control().changeDocument(document!.id, { status: 5 })
    const unfinished = (await check(date)).differences.find(({ kind }) => kind === 'document_unfinished')!
    const accept = (note?: string) =>
      ask(`POST /api/settlements/${date}/differences/${unfinished.id}/accept`, note === undefined ? {} : { note })
    expect(await accept()).toMatchObject({ status: 400 })
    expect(await accept('已核对')).toMatchObject({ status: 200, body: { accepted_user: '陈晓东', note: '已核对' } })
    expect(await accept('再来')).toMatchObject({ status: 409, body: failed(/处理过/, 'difference_settled') })
    expect((await check(date)).differences.at(-1)).toMatchObject({ accepted_user: '陈晓东', resolved_at: null })
    await control().changeDocument(document!.id, { status: 6 })
    await check(date)
    await control().changeDocument(document!.id, { status: 5 })
    expect((await check(date)).differences.at(-1)).toMatchObject({ accepted_at: null, resolved_at: null, note: null })
    const others = `POST /api/settlements/${nextDay()}/differences/${unfinished.id}/accept`
    expect(await ask(others, { note: 'x' })).toMatchObject({ status: 404 })
  })

  it('keeps what it found when C8 fails, and resolves nothing', async () => {
    const date = nextDay()
    await sell('c8-fails', date)
    const before = await check(date)
    await context.app.receive(world.shop, 'c8-fails-2', messageOf('c8-fails-2', date))
    await control().fault({ step: 'c8.retail_lookup', kind: 'status' })
    const day = await check(date)
    expect(day).toMatchObject({
      status: 'checked',
      checked_at: before.checked_at,
      check_error: expect.stringMatching(/C8/),
    })
    expect(kinds(day)).toEqual(expect.arrayContaining(['missing_at_gobox c8-fails-2', 'not_imported c8-fails']))
  })

  it('is not started twice, waits for its turn, and stops when it is told to', async () => {
    const [date, later] = [nextDay(), nextDay()]
    await sellAndImport('slow', date)
    await control().latency({ 'gobox.trade': 400 })
    try {
      expect(await ask(`POST /api/settlements/${date}/check`)).toMatchObject({ status: 200 })
      expect(await ask(`POST /api/settlements/${later}/check`)).toMatchObject({ status: 200 })
      expect(await ask(`POST /api/settlements/${date}/check`)).toMatchObject({
        status: 409,
        body: failed(/正在对账/, 'day_checking'),
      })
      expect(await ask(`POST /api/settlements/${date}/close`)).toMatchObject({ status: 409 })
      expect(await ask(`DELETE /api/settlements/${date}/check`)).toMatchObject({ status: 200 })
      expect(await view(date)).toMatchObject({ status: 'open', checked_at: null })
      await vi.waitUntil(async () => (await view(later)).status === 'checked', { timeout: 10_000 })
    } finally {
      await control().latency({})
    }
  })
})

it('a check that a power cut breaks off begins anew at the next start', async () => {
  const date = nextDay()
  await sellAndImport('cut-off', date)
  await control().latency({ 'c8.retail_lookup': 1000 })
  await ask(`POST /api/settlements/${date}/check`)
  await vi.waitUntil(async () => (await view(date)).progress?.step === 'c8', { timeout: 10_000 })
  await context.app.kill9()
  await control().latency({})
  await context.app.start()
  await vi.waitUntil(async () => (await view(date)).status === 'checked', { timeout: 15_000 })
  expect(await view(date)).toMatchObject({ c8: { orders: 1 }, differences: [] })
})
