import { beforeAll, describe, expect, it } from 'vitest'
import { formatTime } from '../../shared/time.ts'
import { failed, useApp, type Fields, type Shop } from './server.ts'

const context = useApp()
let shop: Shop
const HOUR = 3_600_000
const DAY = 24 * HOUR
const text = (time: number) => formatTime(time, 'Asia/Shanghai')

beforeAll(async () => {
  shop = await context.app.openShop()
})

const ask = <Body = Fields>(request: string, body?: unknown) =>
  context.app.ask<Body>(request, { token: shop.token, body })

describe('a cabinet’s versions', () => {
  const draftOf = async (id: number) =>
    (await ask<{ draft: Fields }>(`GET /api/orders/${id}?action=preview_import`)).body.draft

  it('hold for the orders of their days', async () => {
    const device = await context.app.addDevice(shop, { dev_id: 1 })
    const receive = (id: string, date: string) =>
      context.app.receive(shop, id, { dev_id: 1, create_time: `${date} 10:00:00` })
    const [old, young] = [await receive('old', '2026-11-09'), await receive('young', '2026-11-10')]
    const put = (fields: Fields) => ask(`PUT /api/devices/${device}`, fields)
    expect(await put({ store_id: 3, effective_from: '2099-01-01' })).toMatchObject({
      status: 400,
      body: failed(/^effective_from/),
    })
    expect(await put({ store_id: 3, effective_from: null })).toMatchObject({ status: 400 })
    expect(await put({ store_id: 3, effective_from: '2026-11-10' })).toMatchObject({
      status: 200,
      body: { store_id: 3 },
    })
    expect([(await draftOf(old)).store_id, (await draftOf(young)).store_id]).toEqual([1, 3])
    expect(await ask(`POST /api/orders/${old}?action=import`)).toMatchObject({ status: 200 })
    expect((await context.app.sandbox.control.documents('old'))[0]).toMatchObject({ store_id: 1 })
    await put({ dev_id: 1 })
    expect((await ask(`GET /api/devices/${device}`)).body).toMatchObject({
      store_id: 3,
      versions: [
        {
          effective_from: '2026-11-10',
          store_id: 3,
          name: '一号柜',
          user: '陈晓东',
          at: expect.stringMatching(/^\d{4}-/),
        },
        { effective_from: null, store_id: 1 },
      ],
    })
    await put({ store_id: 4 })
    const older = await receive('older', '2026-11-01')
    expect([(await draftOf(older)).store_id, (await draftOf(young)).store_id]).toEqual([4, 4])
  })
})

describe('a cabinet’s silence', () => {
  /** An order every hour for some days before `last`. */
  async function sellHourly(devId: number, last: number, hours: number) {
    const orders = Array.from({ length: hours }, (_, index) => last - index * HOUR)
    for (const [index, time] of orders.entries())
      await context.app.ask('POST /api/create_order', {
        token: shop.localToken,
        body: {
          trans_id: `s-${devId}-${index}`,
          status: index % 2 ? 100 : 105,
          e_id: 'E',
          dev_id: devId,
          create_time: text(time),
          update_time: text(time),
          products: [{ barcode: '1', name: 'x', num: 1, amount: 1 }],
        },
      })
  }
  const rowOf = async (devId: number) =>
    (await ask<{ root: Fields[] }>('GET /api/devices')).body.root.find((row) => row.dev_id === devId)!

  it('is what it would have sold since its last order', async () => {
    const now = Date.now()
    const last = Math.floor((now - 2 * DAY) / HOUR) * HOUR
    await context.app.addDevice(shop, { dev_id: 50 })
    expect(await rowOf(50)).toMatchObject({ expected_missed: null, last_order_at: null, silent: false })
    // A week of hours: a quarter of an order is expected in each.
    await sellHourly(50, last, 7 * 24)
    const hours = (Date.now() - last) / HOUR
    const row = await rowOf(50)
    expect(row).toMatchObject({ last_order_at: text(last), silent: true })
    expect(row.expected_missed).toBeCloseTo(hours / 4, 1)
    expect((await ask('GET /api/devices?name=一号柜')).body.root).toContainEqual(row)
  })

  it('is none where too few orders tell what to expect, or the cabinet is out of service', async () => {
    const last = Math.floor((Date.now() - 25 * DAY) / HOUR) * HOUR
    await sellHourly(51, last, 19)
    const cabinets = async () => (await ask<{ root: Fields[] }>('GET /api/devices/unconfigured')).body.root
    expect(await cabinets()).toMatchObject([{ dev_id: 51, silent: false, last_order_at: text(last) }])
    expect((await cabinets())[0]!.expected_missed).toBeGreaterThan(7)
    await sellHourly(52, Date.now() - 61 * DAY, 30)
    expect(await cabinets()).toEqual(
      expect.arrayContaining([expect.objectContaining({ dev_id: 52, silent: false }) as Fields]),
    )
  })
})
