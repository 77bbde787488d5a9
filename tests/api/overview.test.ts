import { beforeAll, describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type Scenario, type World } from './scenarios.ts'
import { failed, useApp } from './server.ts'

const context = useApp()
let world: World

beforeAll(async () => {
  const { app } = context
  const [shop, neighbour] = [await app.openShop(), await app.openShop()]
  await app.addDevice(shop)
  await app.receive(shop, 'T1')
  await app.receive(shop, 'T2', { dev_id: 7 })
  await app.receive(neighbour, 'T3', { dev_id: 8 })
  world = { app, shop, ids: { own: shop.id, theirs: neighbour.id } }
})

describe('GET /api/summary', () => {
  itIsGuarded('GET /api/summary', 'view', () => world)
  itHolds(
    [
      ...['0', '-1', 'x', '1.5', '100000'].map((days): Scenario => ({
        says: `refuses ${days} days`,
        request: `GET /api/summary?days=${days}`,
        status: 400,
        answer: failed(/^days：/),
      })),
      { says: 'shows the figures with only the view bit', who: 1, request: 'GET /api/summary', status: 200 },
    ],
    () => world,
  )
})

describe('GET /api/devices/unconfigured', () => {
  itIsGuarded('GET /api/devices/unconfigured', 'view', () => world)

  it("names the cabinets of the account set's own orders that are not configured", async () => {
    const { body } = await context.app.ask('GET /api/devices/unconfigured', world.shop)
    expect(body).toEqual({
      state: 1,
      total: 1,
      root: [
        {
          dev_id: 7,
          orders: 1,
          amount: 10.5,
          last_seen: expect.any(String),
          last_order_at: expect.any(String),
          expected_missed: expect.any(Number),
          silent: false,
        },
      ],
    })
  })
})

describe('GET /api/audit', () => {
  itIsGuarded('GET /api/audit', 'edit', () => world)
  itHolds(
    ['start=-1', 'limit=0', 'limit=1001'].map((query): Scenario => ({
      says: `refuses ${query}`,
      request: `GET /api/audit?${query}`,
      status: 400,
    })),
    () => world,
  )

  it('tells who retried and who cancelled a batch', async () => {
    const { app } = context
    const shop = await app.openShop()
    const id = await app.receive(shop, 'lonely')
    const { body } = await app.ask('POST /api/imports', { token: shop.token, body: { ids: [id] } })
    const batch = body.id as number
    const failures = async () => (await app.ask(`GET /api/imports/${batch}`, shop)).body.failed
    await expect.poll(failures).toBe(1)
    expect((await app.ask(`POST /api/imports/${batch}/retry`, shop)).body).toMatchObject({ count: 1 })
    const { root } = (await app.ask<{ root: unknown[] }>('GET /api/audit', shop)).body
    expect(root).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ event: 'batch_retried', user: '陈晓东', detail: { id: batch, after: { count: 1 } } }),
      ]),
    )
    // The tests below compare the whole database.
    await expect.poll(failures).toBe(1)
  })
})

describe('POST /api/set_of_books/[id]/token', () => {
  itIsGuarded('POST /api/set_of_books/{own}/token', 'edit', () => world)
  itHolds(
    [
      ...['{theirs}', '0', 'abc', '999999'].map((id): Scenario => ({
        says: `does not find ${id}`,
        request: `POST /api/set_of_books/${id}/token`,
        status: 404,
      })),
      ...[-1, 'x', null].map((overlap_hours): Scenario => ({
        says: `refuses ${overlap_hours} hours of overlap`,
        request: 'POST /api/set_of_books/{own}/token',
        body: { overlap_hours },
        status: 400,
        answer: failed(/^overlap_hours：/),
      })),
    ],
    () => world,
  )

  it('replaces the local token: the new one is taken, the old one refused at once', async () => {
    const { app } = context
    const shop = await app.openShop()
    const { body } = await app.ask(`POST /api/set_of_books/${shop.id}/token`, shop)
    const token = body.token as string
    expect(token).not.toBe(shop.localToken)
    const send = async (localToken: string) =>
      (await app.ask('POST /api/create_order', { token: localToken, body: {} })).status
    expect([await send(token), await send(shop.localToken)]).toEqual([400, 401])
  })
})
