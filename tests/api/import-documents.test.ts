import { beforeAll, describe, expect, it, vi } from 'vitest'
import { shopGoods } from '../../sandbox/catalog.ts'
import { itHolds, itIsGuarded, type World } from './scenarios.ts'
import { failed, useApp, type Shop } from './server.ts'

const context = useApp()
let world: World
let shop: Shop

interface Documents {
  total: number
  amount: number
  root: { order_id: number; trans_id: string; retail_id: number; retail_code: string; amount: number }[]
}

const ask = <Body>(request: string, body?: unknown) => context.app.ask<Body>(request, { token: shop.token, body })
const documents = async (query = '') =>
  (await ask<Documents>(`GET /api/imports/${world.ids.batch}/documents${query}`)).body

beforeAll(async () => {
  const { app } = context
  shop = await app.openShop()
  const neighbour = await app.openShop()
  await app.addDevice(shop)
  const lines = (amount: number, barcode = shopGoods[0]!.barcode) => ({
    products: [{ barcode, name: '水', num: 1, amount, cost: 1 }],
  })
  const ids = [
    await app.receive(shop, 'D1', lines(4)),
    await app.receive(shop, 'D2', lines(6.5)),
    await app.receive(shop, 'D3', lines(0.1)),
    await app.receive(shop, 'BAD', lines(100, 'nowhere')),
  ]
  const { body } = await ask<{ id: number }>('POST /api/imports', { ids })
  const theirs = await app.ask<{ id: number }>('POST /api/imports', {
    token: neighbour.token,
    body: { ids: [await app.receive(neighbour, 'T1')] },
  })
  world = { app, shop, ids: { batch: body.id, theirs: theirs.body.id, first: ids[0]! } }
  await vi.waitUntil(async () => (await ask<{ pending: number }>(`GET /api/imports/${body.id}`)).body.pending === 0, {
    timeout: 20_000,
  })
})

describe('GET /api/imports/[id]/documents', () => {
  itIsGuarded('GET /api/imports/{batch}/documents', 'view', () => world)
  itHolds(
    [
      {
        says: "shows nothing of another account set's batch",
        request: 'GET /api/imports/{theirs}/documents',
        status: 404,
        answer: failed(/批次/, 'batch_not_found'),
      },
      {
        says: 'refuses a page without rows',
        request: 'GET /api/imports/{batch}/documents?limit=0',
        status: 400,
        answer: failed(/^limit：/),
      },
    ],
    () => world,
  )

  it('lists what C8 has, with the sum of all to the cent', async () => {
    const found = await documents()
    expect(found).toMatchObject({ total: 3, amount: 10.6 })
    expect(found.root.map(({ trans_id, amount }) => [trans_id, amount])).toEqual([
      ['D1', 4],
      ['D2', 6.5],
      ['D3', 0.1],
    ])
    for (const { trans_id, retail_id, retail_code } of found.root)
      expect(await context.app.sandbox.control.documents(trans_id)).toMatchObject([
        { id: retail_id, code: retail_code },
      ])
  })

  it('comes in pages', async () => {
    expect(await documents('?start=1&limit=1')).toMatchObject({ total: 3, amount: 10.6, root: [{ trans_id: 'D2' }] })
  })

  it('leaves out an order that was reset since', async () => {
    const [{ retail_id: id }] = (await documents()).root as [Documents['root'][number]]
    await context.app.sandbox.control.deleteDocument(id)
    expect((await ask(`POST /api/orders/${world.ids.first}?action=init_order`)).status).toBe(200)
    expect(await documents()).toMatchObject({ total: 2, amount: 6.6 })
  })
})
