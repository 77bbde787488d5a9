import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AttentionItem } from '#shared/attention'
import { itHolds, itIsGuarded, type World } from './scenarios.ts'
import { App, failed, type Fields, type Shop } from './server.ts'

let app: App
let shop: Shop
let world: World

beforeAll(async () => {
  app = await App.start()
  shop = await app.openShop()
  const neighbour = await app.openShop()
  await app.ask('POST /api/create_order', { token: shop.localToken, body: { trans_id: 'broken' } })
  await vi.waitUntil(async () => (await list()).length === 1, { timeout: 10_000, interval: 100 })
  world = { app, shop, ids: { neighbour: neighbour.id } }
})
afterAll(() => app?.close())

const list = async (query = '', token = shop.token) =>
  (await app.ask<{ root: AttentionItem[] }>(`GET /api/attention${query}`, { token })).body.root
const rejected = { kind: 'message_rejected', key: '' }

describe('GET /api/attention', () => {
  itIsGuarded('GET /api/attention', 'view', () => world)

  it('lists what needs somebody, and where it is mended', async () => {
    expect(await list()).toEqual([
      {
        ...rejected,
        severity: 'warning',
        title: '看不懂的消息',
        detail: expect.stringMatching(/重放或删除/),
        detail_code: null,
        detail_params: null,
        count: 1,
        amount: null,
        since: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
        to: '/settings?tab=messages',
        snoozed_until: null,
        snoozed_user: null,
      },
    ])
  })

  it('comes in pages, the gravest first, a reason an item, and shows exactly its orders', async () => {
    const own = await app.openShop()
    const ask = <Body = Fields>(request: string, body?: unknown) => app.ask<Body>(request, { token: own.token, body })
    await app.addDevice(own)
    const product = { num: 1, amount: 1, cost: 1, name: 'x' }
    for (const barcode of ['1111', '2222'])
      await app.receive(own, `T-${barcode}`, { products: [{ ...product, barcode }] })
    await app.receive(own, 'T-alone', { dev_id: 77 })
    await ask('POST /api/imports', { filter: {} })
    const read = async () => (await ask<{ total: number; root: AttentionItem[] }>('GET /api/attention')).body
    await expect.poll(async () => (await read()).total).toBe(4)
    const { root } = await read()
    const unconfigured = root.find(({ kind }) => kind === 'cabinet_unconfigured')!
    expect(unconfigured).toMatchObject({ key: '77', severity: 'warning', count: 1, amount: 10.5 })
    const failures = root.filter(({ kind }) => kind === 'import_failed')
    expect(failures.map(({ count }) => count)).toEqual([1, 1, 1])
    for (const { key, to, detail_code } of failures) {
      expect(detail_code).toMatch(/product_unknown|device_unconfigured/)
      const { body } = await ask<{ root: Fields[] }>(to.replace('/orders?', 'GET /api/orders?action=trade_view&'))
      expect(body.root.map(({ import_error }) => import_error)).toEqual([key])
    }
    expect((await ask<{ total: number; root: unknown[] }>('GET /api/attention?start=1&limit=2')).body).toEqual({
      state: 1,
      total: 4,
      root: root.slice(1, 3),
    })
  })

  it('tells that goBox refuses the account, until it takes it again', async () => {
    const own = await app.openShopWithCredentials()
    const download = () =>
      app.ask('GET /api/orders?action=get_orders&start_date=2026-11-20&end_date=2026-11-20', { token: own.token })
    app.change('UPDATE set_of_books SET expired_at = 0 WHERE id = ?', own.id)
    await app.sandbox.control.fault({ step: 'gobox.token', kind: 'refuse', times: 1 })
    expect((await download()).status).toBe(422)
    const kinds = async () => (await list('', own.token)).map(({ kind, severity }) => `${severity} ${kind}`)
    await expect.poll(kinds).toEqual(['critical gobox_login_failing'])
    expect((await download()).status).toBe(200)
    await expect.poll(kinds).toEqual([])
  })

  it("keeps what is about the machine to those who may edit, and shows nothing of another account set's", async () => {
    expect(await list('', (await app.logIn(shop.name, 1)).token)).toHaveLength(1)
    expect(await list('', (await app.openShop()).token)).toEqual([])
  })
})

describe('POST /api/attention/snooze', () => {
  const soon = () => Math.floor(Date.now() / 1000) + 3600
  itIsGuarded('POST /api/attention/snooze', 'edit', () => world, { ...rejected, until: null })
  itHolds(
    [
      ...['2020-01-01', Math.floor(Date.now() / 1000) + 31 * 86_400, 'soon', undefined].map((until) => ({
        says: `refuses ${until}`,
        request: 'POST /api/attention/snooze',
        body: { ...rejected, until },
        status: 400,
        answer: failed(/^until：/),
      })),
      ...[
        { kind: 'message_rejected', key: 'x' },
        { kind: 'import_stuck', key: '' },
        { kind: 'unheard_of', key: '' },
      ].map((name) => ({
        says: `does not find ${name.kind} “${name.key}”`,
        request: 'POST /api/attention/snooze',
        body: { ...name, until: null },
        status: 404,
        answer: failed(/./, 'attention_not_found'),
      })),
    ],
    () => world,
  )

  it('takes it off the list for everybody until it is put back, also after a restart', async () => {
    const snooze = async (until: number | null) =>
      (await app.ask('POST /api/attention/snooze', { token: shop.token, body: { ...rejected, until } })).status
    expect(await snooze(soon())).toBe(200)
    expect(await list()).toEqual([])
    await app.restart()
    expect(await list()).toEqual([])
    expect(await list('?snoozed=1')).toMatchObject([
      { ...rejected, snoozed_user: '陈晓东', snoozed_until: expect.any(String) },
    ])
    expect(await snooze(null)).toBe(200)
    expect(await list('?snoozed=1')).toEqual([])
    expect(await list()).toMatchObject([{ ...rejected, snoozed_until: null }])
  })
})
