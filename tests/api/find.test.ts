import { beforeAll, describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type World } from './scenarios.ts'
import { failed, useApp, type Shop } from './server.ts'

const context = useApp()
let world: World
let shop: Shop

interface Found {
  orders: { trans_id: string; device_name: string | null }[]
  cabinets: { name: string; dev_id: number }[]
  products: { barcode: string; name: string }[]
}

beforeAll(async () => {
  const { app } = context
  shop = await app.openShop()
  world = { app, shop, ids: {} }
  const neighbour = await app.openShop()
  const soda = (name: string) => ({ products: [{ barcode: '6900000000099', name, num: 1, amount: 3 }] })
  const today = new Date(Date.now() - 60_000).toLocaleString('sv', { timeZone: 'Asia/Shanghai' })
  await app.addDevice(neighbour, { name: '大堂 their', dev_id: 77 })
  await app.receive(neighbour, 'F-1', { e_id: 'Buyer-9', create_time: today, ...soda('别家汽水') })
  await app.addDevice(shop, { name: '大堂 Lobby' })
  await app.receive(shop, 'F-1')
  await app.receive(shop, 'F-10', { e_id: 'Buyer-9', create_time: today, ...soda('青柠汽水') })
})

async function find(q: string) {
  const { status, body } = await context.app.ask<Found>(`GET /api/find?q=${encodeURIComponent(q)}`, {
    token: shop.token,
  })
  expect(status).toBe(200)
  return {
    orders: body.orders.map(({ trans_id: id }) => id),
    cabinets: body.cabinets.map(({ name }) => name),
    products: body.products.map(({ name }) => name),
  }
}

describe('GET /api/find', () => {
  itIsGuarded('GET /api/find?q=F', 'view', () => world)
  itHolds(
    [
      { says: 'refuses to look for nothing', request: 'GET /api/find?q=', status: 400, answer: failed(/^q：/) },
      {
        says: 'refuses a text that nothing is as long as',
        request: `GET /api/find?q=${'x'.repeat(65)}`,
        status: 400,
        answer: failed(/^q：/),
      },
    ],
    () => world,
  )

  it('answers the order of exactly this number first', async () => {
    expect((await find('F-1')).orders).toEqual(['F-1', 'F-10'])
  })

  it("finds the own account set's orders by their buyer, whatever the case", async () => {
    expect((await find('buyer-9')).orders).toEqual(['F-10'])
  })

  it('finds own cabinets by name and by number', async () => {
    expect((await find('大堂')).cabinets).toEqual(['大堂 Lobby'])
    const { root } = (await context.app.ask<{ root: Found['cabinets'] }>('GET /api/devices', { token: shop.token }))
      .body
    expect((await find(String(root[0]!.dev_id))).cabinets).toEqual(['大堂 Lobby'])
  })

  it('finds what was sold by name and barcode', async () => {
    await expect.poll(async () => (await find('汽水')).products).toEqual(['青柠汽水'])
    expect((await find('0000000099')).products).toEqual(['青柠汽水'])
  })

  it('finds nothing where there is nothing, and takes no character for a pattern', async () => {
    for (const q of ['%', '_', "'", 'nowhere'])
      expect(await find(q)).toEqual({ orders: [], cabinets: [], products: [] })
  })
})
