import { beforeAll, describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type World } from './scenarios.ts'
import { failed, useApp, type Fields, type PublicOrder, type Shop } from './server.ts'

const context = useApp()
let world: World

/** An order that was imported and then refunded; `status` is what goBox says of it since. */
async function refunded(shop: Shop, transId: string, status = 103, changes: Fields = {}) {
  const { app } = context
  const id = await app.receive(shop, transId)
  expect((await app.ask(`POST /api/orders/${id}?action=import`, shop)).status).toBe(200)
  await app.receive(shop, transId, { status, update_time: '2026-11-21 10:00:00', ...changes })
  return id
}

const handle = (id: number, body: unknown, shop: Shop = world.shop, token = shop.token) =>
  context.app.ask<PublicOrder & Fields>(`POST /api/orders/${id}?action=handle_refund`, { token, body })

async function listed(query: string, shop = world.shop) {
  const { body } = await context.app.ask<{ total: number; root: PublicOrder[] }>(
    `GET /api/orders?action=trade_view&${query}`,
    shop,
  )
  return { total: body.total, ids: body.root.map(({ trans_id: id }) => id) }
}

beforeAll(async () => {
  const { app } = context
  const [shop, neighbour] = [await app.openShop(), await app.openShop()]
  for (const one of [shop, neighbour]) await app.addDevice(one)
  const paid = await app.receive(shop, 'paid')
  const open = await refunded(shop, 'open')
  const theirs = await refunded(neighbour, 'theirs')
  world = { app, shop, ids: { open, paid, theirs, nowhere: 999_999 } }
})

describe('handle_refund', () => {
  itIsGuarded('POST /api/orders/1?action=handle_refund', 'edit', () => world, { handled: true, note: 'x' })

  const request = 'POST /api/orders/{open}?action=handle_refund'
  itHolds(
    [
      { says: 'asks what is meant', request, body: { note: 'x' }, status: 400, answer: failed(/^handled：必填/) },
      { says: 'asks what was done', request, body: { handled: true }, status: 400, answer: failed(/^note：必填/) },
      ...['', '   ', 'x'.repeat(201), null, {}, []].map((note) => ({
        says: `refuses ${JSON.stringify(note).slice(0, 10)} as a note`,
        request,
        body: { handled: true, note },
        status: 400,
        answer: failed(/^note：/),
      })),
      { says: 'refuses a word in place of yes or no', request, body: { handled: 'yes', note: 'x' }, status: 400 },
      {
        says: 'does not find what is not there',
        request: 'POST /api/orders/{nowhere}?action=handle_refund',
        body: { handled: true, note: 'x' },
        status: 404,
      },
      {
        says: "does not find another account set's order",
        request: 'POST /api/orders/{theirs}?action=handle_refund',
        body: { handled: true, note: 'x' },
        status: 404,
      },
      {
        says: 'asks for its input before it looks for the order',
        request: 'POST /api/orders/{nowhere}?action=handle_refund',
        body: { handled: true },
        status: 400,
      },
      ...[{ handled: true, note: 'x' }, { handled: false }].map((body) => ({
        says: `refuses an order that is paid (${JSON.stringify(body)})`,
        request: 'POST /api/orders/{paid}?action=handle_refund',
        body,
        status: 422,
        answer: failed(/退款/, 'refund_not_open'),
      })),
      {
        says: 'is no action of GET',
        request: 'GET /api/orders/{open}?action=handle_refund&handled=1&note=x',
        status: 400,
      },
    ],
    () => world,
  )

  it('answers the order with what was done, by whom and when; again replaces it, and false takes it back', async () => {
    const { app, shop } = world
    const id = await refunded(shop, 'handled')
    const { status, body } = await handle(id, { handled: true, note: '退货单 TH-1' })
    expect(status).toBe(200)
    const { device_name: _, ...order } = (await app.findOrder(shop, 'handled'))!
    expect(body).toEqual({ state: 1, ...order })
    expect(body).toMatchObject({
      refund_handled_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
      refund_handled_user: '陈晓东',
      refund_note: '退货单 TH-1',
    })
    const other = await app.logIn(shop.name, 3, '李雪梅')
    expect((await handle(id, { handled: 1, note: 'x'.repeat(200) }, shop, other.token)).body).toMatchObject({
      refund_handled_user: '李雪梅',
      refund_note: 'x'.repeat(200),
    })
    const none = { refund_handled_at: null, refund_handled_user: null, refund_note: null }
    for (let times = 0; times < 2; times++) expect((await handle(id, { handled: false })).body).toMatchObject(none)
    const { body: shown } = await app.ask<{ history: Fields[] }>(`GET /api/orders/${id}`, shop)
    expect(shown.history.slice(-3)).toMatchObject([
      { event: 'refund_handled', note: '退货单 TH-1', user: '陈晓东' },
      { event: 'refund_handled', user: '李雪梅' },
      { event: 'refund_reopened', user: '陈晓东' },
    ])
    const { body: audit } = await app.ask<{ root: Fields[] }>('GET /api/audit?event=refund_handled', shop)
    expect(audit.root[1]).toMatchObject({ detail: { id, name: 'handled', after: { note: '退货单 TH-1' } } })
  })

  it('takes an order that was never imported once its refund does not end, and not before', async () => {
    const { app, shop } = world
    const young = await app.receive(shop, 'young', { status: 102, update_time: Date.now() - 3_600_000 })
    expect((await handle(young, { handled: true, note: 'x' })).status).toBe(422)
    const old = await app.receive(shop, 'old', { status: 104, update_time: Date.now() - 25 * 3_600_000 })
    expect((await handle(old, { handled: true, note: 'x' })).status).toBe(200)
  })

  it('is forgotten by a reset', async () => {
    const { app, shop } = world
    const id = await refunded(shop, 'reset')
    await handle(id, { handled: true, note: 'x' })
    const order = (await app.findOrder(shop, 'reset'))!
    await app.sandbox.control.deleteDocument(Number(order.retail_id))
    expect((await app.ask(`POST /api/orders/${id}?action=init_order`, shop)).status).toBe(200)
    expect(await app.findOrder(shop, 'reset')).toMatchObject({ is_imported: false, refund_note: null })
  })
})

describe('the filters of refunds', () => {
  it('find what waits, what was dealt with and what is overdue, and the overview counts what waits', async () => {
    const { app } = world
    const shop = await app.openShop()
    await app.addDevice(shop)
    const hours = (count: number) => Date.now() - count * 3_600_000
    await refunded(shop, 'a', 102, { update_time: hours(30) })
    await refunded(shop, 'b', 103, { update_time: hours(40) })
    await refunded(shop, 'c', 110, { update_time: hours(50) })
    await refunded(shop, 'd', 104, { update_time: hours(2) })
    await app.receive(shop, 'e', { status: 102, update_time: hours(60) })
    await app.receive(shop, 'f', { status: 103, update_time: hours(70) })
    await app.receive(shop, 'g', { status: 107 })
    expect(await listed('refund=1', shop)).toEqual({ total: 6, ids: ['f', 'e', 'd', 'c', 'b', 'a'] })
    expect(await listed('refunded_after_import=1', shop)).toEqual({ total: 4, ids: ['d', 'c', 'b', 'a'] })
    expect(await listed('refund_handled=0', shop)).toEqual({ total: 4, ids: ['d', 'c', 'b', 'a'] })
    expect(await listed('refund_overdue=1', shop)).toEqual({ total: 3, ids: ['e', 'c', 'a'] })
    const id = (await app.findOrder(shop, 'c'))!.id
    await handle(id, { handled: true, note: '已退货' }, shop)
    expect(await listed('refund_handled=0', shop)).toEqual({ total: 3, ids: ['d', 'b', 'a'] })
    expect(await listed('refund_handled=1', shop)).toEqual({ total: 1, ids: ['c'] })
    expect(await listed('refund_overdue=1&start=1&limit=1', shop)).toEqual({ total: 2, ids: ['a'] })
    const { body } = await app.ask<{ waiting: Fields }>('GET /api/summary', shop)
    expect(body.waiting).toMatchObject({
      refund_unhandled: { orders: 3, amount: 31.5, filter: { refund_handled: 0 } },
      refund_overdue: { orders: 2, filter: { refund_overdue: 1 } },
    })
  })

  it.each(['refund=2', 'refund_handled=2', 'refund_overdue=x', 'refunded_after_import=-1'])(
    'refuse %s',
    async (query) => {
      const { status, body } = await context.app.ask(`GET /api/orders?action=trade_view&${query}`, world.shop)
      expect({ status, body }).toEqual({ status: 400, body: failed(/^refund.*：/) })
    },
  )
})

describe('sums beyond the integers of JSON', () => {
  it('are listed and summed up in the overview', async () => {
    const { app } = context
    const shop = await app.openShop()
    const now = Date.now() - 60_000
    const line = { barcode: '1', name: '水', num: 1, amount: 1e12, cost: 1e12 }
    for (let part = 0; part < 5; part++)
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          app.ask('POST /api/create_order', {
            token: shop.localToken,
            body: {
              trans_id: `R${part}-${index}`,
              status: 100,
              e_id: '',
              dev_id: 1,
              create_time: now,
              update_time: now,
              products: [line],
            },
          }),
        ),
      )
    const list = await app.ask<{ total: number; amount: number }>('GET /api/orders?action=trade_view', shop)
    expect(list).toMatchObject({ status: 200, body: { total: 100, amount: 1e14 } })
    const summary = await app.ask<{ periods: Fields[] }>('GET /api/summary', shop)
    expect(summary).toMatchObject({ status: 200, body: { periods: [{}, { sales: { amount: 1e14 }, cost: 1e14 }, {}] } })
  })
})
