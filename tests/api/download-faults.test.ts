import { describe, expect, it } from 'vitest'
import type { TradeEntry } from '../../sandbox/state.ts'
import { failed, orderMessage } from './server.ts'
import { useDownloads } from './downloads.ts'

const { context, world, download, order, entry, control } = useDownloads()

describe('get_orders', () => {
  it('reports an order that cannot be stored, and stores the others', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    await control().addOrders(
      shop.name,
      order('B1', { status: 999 }),
      order('B2'),
      order('B3'.padEnd(65, 'x')),
      order('B4', { products: [{ barcode: '1', name: 'x', num: 1, amount: 0.001 }] }),
    )
    const { status, body } = await download(shop)
    expect({ status, body }).toMatchObject({ status: 200, body: { received: 4, created: 1 } })
    expect(body.refused).toEqual(
      expect.arrayContaining([
        {
          trans_id: 'B1',
          errmsg: expect.stringMatching(/^status：/),
          code: 'invalid',
          params: { field: 'status', rule: 'status' },
        },
        {
          trans_id: 'B3'.padEnd(65, 'x'),
          errmsg: expect.stringMatching(/^trans_id：/),
          code: 'invalid',
          params: { field: 'trans_id', rule: 'text', min: 1, max: 64 },
        },
        {
          trans_id: 'B4',
          errmsg: expect.stringMatching(/amount/),
          code: 'invalid',
          params: { field: 'products.0.amount', rule: 'amount' },
        },
      ]),
    )
    expect(await app.findOrder(shop, 'B2')).toBeDefined()
    expect(await app.findOrder(shop, 'B1')).toBeUndefined()
  })

  it('stores the others beside entries that can be anything', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    const odd = (value: unknown) => value as TradeEntry
    await control().addTradeEntries(
      shop.name,
      entry('O1', { update_time: odd({ toString: 1 }) as never }),
      entry('O2', { update_time: odd(['2026-11-20 10:00:00']) as never, create_time: '2026-11-20 10:00:00' }),
      entry('O3'),
      entry('O4', { status: odd({ valueOf: null }) as never }),
      entry('O5', { barcode: odd({}) as never, num: odd([1]) as never }),
    )
    const { status, body } = await download(shop)
    expect({ status, body }).toMatchObject({ status: 200, body: { received: 5, created: 1 } })
    expect(body.refused.map(({ trans_id }) => trans_id).sort()).toEqual(['O1', 'O2', 'O4', 'O5'])
    expect(await app.findOrder(shop, 'O3')).toBeDefined()
    const { body: kept } = await app.ask<{ root: { trans_id: string }[] }>('GET /api/rejected_messages', shop)
    expect(kept.root.map(({ trans_id }) => trans_id).sort()).toEqual(['O1', 'O2', 'O4', 'O5'])
  })

  it('never takes lines away that it has no barcodes for', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    const message = orderMessage('L1')
    await app.receive(shop, 'L1')
    await control().addTradeEntries(
      shop.name,
      entry('L1', { barcode: undefined }),
      entry('L2'),
      entry('L2', { barcode: '', amount: 1 }),
    )
    expect((await download(shop)).body).toMatchObject({ received: 2, created: 1, updated: 0 })
    expect(await app.findOrder(shop, 'L1')).toMatchObject({ total_amount: 10.5, products: message.products })
    await control().addTradeEntries(
      shop.name,
      entry('L1', { barcode: '', status: 103, update_time: '2026-11-20 12:00:00' }),
    )
    expect((await download(shop)).body).toMatchObject({ updated: 1 })
    expect(await app.findOrder(shop, 'L1')).toMatchObject({
      status: 103,
      total_amount: 10.5,
      products: message.products,
    })
  })
})

describe("goBox's access token", () => {
  it('is fetched once for many downloads at the same time, and then kept', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    app.change('UPDATE set_of_books SET expired_at = ? WHERE id = ?', Date.now() + 59_000, shop.id)
    await control().clearCalls()
    const answers = await Promise.all(Array.from({ length: 10 }, () => download(shop)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(await control().counts()).toEqual({ 'gobox.token': 1, 'gobox.trade': 10 })
    await app.restart()
    await download(shop)
    expect((await control().counts())['gobox.token']).toBe(1)
  })

  it.each([401, 40101])(
    'that has lapsed early (code %i) is renewed once, and the call made once more',
    async (code) => {
      const shop = await context.app.openShopWithCredentials()
      await control().clearCalls()
      await control().fault({ step: 'gobox.trade', kind: 'lapsed_token', code, times: 1 })
      expect((await download(shop)).status).toBe(200)
      expect((await control().calls()).map(({ step }) => step)).toEqual(['gobox.trade', 'gobox.token', 'gobox.trade'])
    },
  )

  it('that lapses again and again ends in a refusal', async () => {
    const shop = await context.app.openShopWithCredentials()
    await control().clearCalls()
    await control().fault({ step: 'gobox.trade', kind: 'lapsed_token' })
    expect(await download(shop)).toMatchObject({ status: 422, body: failed(/goBox 查询订单被拒绝/) })
    expect(await control().counts()).toEqual({ 'gobox.trade': 2, 'gobox.token': 1 })
  })
})

describe("goBox's faults", () => {
  it('a page that is said to be its own next is stored, and told as endless', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    await control().addTradeEntries(shop.name, entry('C1'))
    await control().settings({ circling: true })
    const answer = await download(shop)
    await control().settings({ circling: false })
    expect(answer).toMatchObject({ status: 502, body: { code: 'gobox_pages_endless' } })
    expect(await app.findOrder(shop, 'C1')).toBeDefined()
  })

  it.each<[string, Parameters<ReturnType<typeof control>['fault']>[0], number, RegExp]>([
    ['500', { step: 'gobox.trade', kind: 'status' }, 502, /^goBox 查询订单失败：服务出错（500）/],
    ['429', { step: 'gobox.trade', kind: 'status', status: 429 }, 502, /服务出错/],
    ['404', { step: 'gobox.trade', kind: 'status', status: 404 }, 422, /被拒绝/],
    ['garbage', { step: 'gobox.trade', kind: 'garbage' }, 502, /无法读懂/],
    ['a reset', { step: 'gobox.trade', kind: 'reset' }, 502, /中断/],
    ['a redirect', { step: 'gobox.trade', kind: 'redirect' }, 502, /跳转/],
    ['too many bytes', { step: 'gobox.trade', kind: 'huge', bytes: 4_000_000 }, 502, /超过 1000000 字节/],
    ['nothing in time', { step: 'gobox.trade', kind: 'slow', ms: 60_000 }, 504, /^goBox 查询订单超时/],
    ['a byte now and then', { step: 'gobox.trade', kind: 'drip', ms: 100 }, 504, /超时/],
    ['another code', { step: 'gobox.trade', kind: 'refuse', code: 7, message: '账号停用' }, 422, /账号停用/],
  ])('%s is told in Chinese, and nothing is stored', async (_, fault, status, errmsg) => {
    const { app, shop } = world
    const before = app.snapshot()
    await control().fault(fault)
    expect(await download(shop)).toMatchObject({ status, body: failed(errmsg) })
    expect(app.snapshot()).toEqual(before)
    expect(await control().calls('redirected')).toEqual([])
  })
})
