import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { SettlementChange, SettlementDetail, SettlementDay } from '../../shared/settlement-answers.ts'
import { readZip } from '../unit/server/exports/zip-reader.ts'
import { itIsGuarded, type World } from './scenarios.ts'
import { failed, orderMessage, useApp, type Fields, type Shop } from './server.ts'

/** A day that is over, whenever the tests run, and those after it: each test has its own. */
const days = Array.from({ length: 20 }, (_, index) => `2026-10-${String(index + 1).padStart(2, '0')}`)
const nextDay = () => days.shift()!
/** `orderMessage`'s total. */
const TOTAL = 10.5

const context = useApp()
const world = {} as World
let shop: Shop

beforeAll(async () => {
  shop = await context.app.openShopWithCredentials()
  await context.app.addDevice(shop)
  Object.assign(world, { app: context.app, shop, ids: {} })
})

const ask = <Body = Fields>(request: string, body?: unknown, token = shop.token) =>
  context.app.ask<Body>(request, { token, body })
const control = () => context.app.sandbox.control
const view = async (date: string) => (await ask<SettlementDetail>(`GET /api/settlements/${date}`)).body

const messageOf = (transId: string, date: string, changes: Fields = {}) => ({
  ...orderMessage(transId),
  create_time: `${date} 10:00:00`,
  update_time: `${date} 10:00:05`,
  ...changes,
})

/** An order that goBox has sent and lists. */
async function sell(transId: string, date: string, changes: Fields = {}): Promise<number> {
  const message = messageOf(transId, date, changes)
  await control().addOrders(shop.name, message)
  return context.app.receive(shop, transId, message)
}

async function sellAndImport(transId: string, date: string, changes: Fields = {}): Promise<number> {
  const id = await sell(transId, date, changes)
  expect((await ask(`POST /api/orders/${id}?action=import`)).body).toMatchObject({ state: 1 })
  return id
}

/** Checks a day and waits for the end. */
async function check(date: string): Promise<SettlementDetail> {
  expect(await ask(`POST /api/settlements/${date}/check`)).toMatchObject({ status: 200, body: { status: 'checking' } })
  await vi.waitUntil(async () => (await view(date)).status !== 'checking', { timeout: 20_000, interval: 50 })
  return view(date)
}

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
    await control().addOrders(shop.name, messageOf('missed', date))
    const day = await check(date)
    expect(day).toMatchObject({ fetched: 1, stored: { orders: 1 }, gobox: { orders: 1 } })
    expect(kinds(day)).toEqual(['not_imported missed'])
    expect(day.differences[0]!.detail).toContain('idle')
  })

  it('finds each kind of difference, and no other', async () => {
    const date = nextDay()
    const { app } = context
    await app.receive(shop, 'd-unlisted', messageOf('d-unlisted', date, { status: 105 }))
    await sell('d-status', date, { status: 101, update_time: `${date} 11:00:00` })
    await control().addOrders(shop.name, messageOf('d-status', date, { status: 107 }))
    await sellAndImport('d-amount', date)
    const more = [{ ...orderMessage('x').products[0]!, amount: 8 }]
    await control().addOrders(
      shop.name,
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
    await control().addTradeEntries(shop.name, {
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
    await context.app.receive(shop, 'c8-fails-2', messageOf('c8-fails-2', date))
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

describe('a closed day', () => {
  async function closed(date: string, ...orders: string[]) {
    for (const order of orders) await sellAndImport(order, date)
    await check(date)
    const answer = await ask<SettlementDetail>(`POST /api/settlements/${date}/close`, { note: '以后再开' })
    expect(answer).toMatchObject({ status: 200, body: { status: 'closed', closed_user: '陈晓东' } })
    return answer.body
  }

  it('is one that is over and was checked after its end', async () => {
    const date = nextDay()
    expect(await ask(`POST /api/settlements/${date}/close`)).toMatchObject({
      status: 409,
      body: failed(/对账/, 'day_unchecked'),
    })
    expect(await ask(`POST /api/settlements/2099-01-01/close`)).toMatchObject({ status: 409 })
    await sell('needs-note', date)
    await check(date)
    expect(await ask(`POST /api/settlements/${date}/close`)).toMatchObject({
      status: 422,
      body: failed(/1 条差异/, 'day_needs_note'),
    })
    await context.app.receive(shop, 'came-later', messageOf('came-later', date))
    expect(await ask(`POST /api/settlements/${date}/close`, { note: 'x' })).toMatchObject({
      status: 409,
      body: failed(/有变化/, 'day_moved_on'),
    })
  })

  it('lets none of its orders be imported, reset or deleted, until it is reopened', async () => {
    const date = nextDay()
    await closed(date, 'locked-1')
    const order = (await context.app.findOrder(shop, 'locked-1'))!
    const late = await sell('locked-late', date)
    const refusal = { status: 409, body: failed(/^.*已日结，请先反日结$/, 'day_closed') }
    for (const id of [order.id, late]) {
      expect(await ask(`POST /api/orders/${id}?action=import`)).toMatchObject(refusal)
      expect(await ask(`POST /api/orders/${id}?action=init_order`)).toMatchObject(refusal)
      expect(await ask(`DELETE /api/orders/${id}`)).toMatchObject(refusal)
    }
    expect(await ask(`POST /api/settlements/${date}/check`)).toMatchObject(refusal)
    expect(await ask(`POST /api/settlements/${date}/close`)).toMatchObject(refusal)
    const batch = await ask('POST /api/imports', { ids: [late] })
    expect((await ask(`GET /api/imports/${batch.body.id as number}`)).body).toMatchObject({
      failed: 1,
      failures: [{ trans_id: 'locked-late', code: 'day_closed' }],
    })
    expect(await ask(`POST /api/settlements/${date}/reopen`, {})).toMatchObject({ status: 400 })
    expect(await ask(`POST /api/settlements/${date}/reopen`, { note: '漏了一单' })).toMatchObject({
      status: 200,
      body: { status: 'checked', closed_at: null, closed_user: null, note: null, changed_after_close: 0 },
    })
    expect(await ask(`POST /api/settlements/${date}/reopen`, { note: 'x' })).toMatchObject({ status: 409 })
    expect(await ask(`POST /api/orders/${late}?action=import`)).toMatchObject({ status: 200 })
    const audit = await ask<{ root: Fields[] }>('GET /api/audit')
    expect(audit.body.root.map(({ event }) => event)).toEqual(expect.arrayContaining(['day_closed', 'day_reopened']))
  })

  it('stays as it was closed, and lists what came or changed since', async () => {
    const date = nextDay()
    const before = await closed(date, 'frozen-1', 'frozen-2')
    await sell('frozen-1', date, { status: 103, update_time: `${date} 18:00:00` })
    await sell('frozen-late', date)
    const after = await view(date)
    expect({ ...after, changed_after_close: 0 }).toEqual(before)
    expect(after.changed_after_close).toBe(2)
    const changes = async () =>
      (await ask<{ total: number; root: SettlementChange[] }>(`GET /api/settlements/${date}/changes`)).body
    expect(await changes()).toMatchObject({
      total: 2,
      root: [
        { trans_id: 'frozen-late', detail: expect.stringContaining('新到'), before: null, accepted_at: null },
        {
          trans_id: 'frozen-1',
          detail: expect.stringContaining('退款成功'),
          before: { status: 100 },
          after: { status: 103, total_amount: TOTAL },
        },
      ],
    })
    expect(await ask(`POST /api/settlements/${date}/changes/accept`, { note: '下月处理' })).toMatchObject({
      status: 200,
    })
    expect((await changes()).root).toMatchObject([{ accepted_user: '陈晓东', note: '下月处理' }, { note: '下月处理' }])
    expect((await view(date)).changed_after_close).toBe(0)
  })

  it('can be taken away as a workbook, a row a day and cabinet, with its differences', async () => {
    const date = nextDay()
    await sell('exported', date)
    await closed(date)
    const { url } = context.app
    const query = `start_date=${date}&end_date=${date}`
    const response = await fetch(`${url}/api/settlements/export?${query}`, { headers: { token: shop.token } })
    expect(response.headers.get('content-type')).toMatch(/spreadsheetml/)
    const files = readZip(Buffer.from(await response.arrayBuffer()))
    expect(files.get('xl/workbook.xml')).toMatch(/name="汇总".*name="差异"/)
    expect(files.get('xl/worksheets/sheet1.xml')).toMatch(new RegExp(`${date}.*已日结.*一号柜.*<v>10.5</v>.*以后`))
    expect(files.get('xl/worksheets/sheet2.xml')).toMatch(/未导入.*exported/)
    expect((await ask('GET /api/settlements/export?start_date=2024-01-01&end_date=2026-01-01')).status).toBe(400)
  })

  it('holds or lists each order that comes in the moment of closing', async () => {
    const date = nextDay()
    await check(date)
    const late = Array.from({ length: 30 }, (_, index) => `moment-${index}`)
    const { app } = context
    const send = (id: string) =>
      app.ask('POST /api/create_order', { token: shop.localToken, body: messageOf(id, date) })
    const sent = late.slice(0, 15).map(send)
    const closing = ask(`POST /api/settlements/${date}/close`)
    const answers = await Promise.all([...sent, ...late.slice(15).map(send)])
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    const { status } = await closing
    const changes = await ask<{ total: number }>(`GET /api/settlements/${date}/changes`)
    // Closed with none of them, so that all are listed; or not closed, as one was there.
    expect([status, changes.body.total]).toEqual(status === 200 ? [200, late.length] : [409, 0])
  })

  it('leaves out what waits in the queue', async () => {
    const date = nextDay()
    const id = await sell('queued', date)
    await check(date)
    context.app.change(
      "UPDATE orders SET import_state = 'queued', import_due_at = ? WHERE id = ?",
      Date.now() + 3_600_000,
      id,
    )
    expect(await ask(`POST /api/settlements/${date}/close`, { note: '以后再开' })).toMatchObject({
      status: 200,
      body: { note: '以后再开', differences: [{ kind: 'not_imported' }] },
    })
    expect(await context.app.findOrder(shop, 'queued')).toMatchObject({ import_state: 'idle' })
  })

  it('is closed by itself after a check that leaves nothing open, where that is wanted', async () => {
    const date = nextDay()
    await sellAndImport('auto-closed', date)
    const automation = (close_days?: boolean) =>
      ask('PUT /api/automation', {
        downloads: false,
        imports: false,
        ...(close_days === undefined ? {} : { close_days }),
      })
    expect((await automation()).body).toMatchObject({ close_days: false })
    expect((await automation(true)).body).toMatchObject({ close_days: true })
    expect((await automation()).body).toMatchObject({ close_days: true })
    expect(await check(date)).toMatchObject({ status: 'closed', closed_user: '自动' })
    await automation(false)
  })
})
