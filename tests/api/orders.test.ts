import { beforeAll, describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type Scenario, type World } from './scenarios.ts'
import { failed, useApp } from './server.ts'

const context = useApp()
let world: World

beforeAll(async () => {
  const { app } = context
  const shop = await app.openShop()
  const neighbour = await app.openShop()
  world = {
    app,
    shop,
    ids: { order: await app.receive(shop, 'T1'), theirs: await app.receive(neighbour, 'T2'), nowhere: 999_999 },
  }
})

const missingPaths = ['{theirs}', '{nowhere}', '0', '-1', '1.5', 'abc', '9007199254740993']

describe('GET /api/orders', () => {
  itHolds(
    [
      { says: 'asks for an action', request: 'GET /api/orders', status: 400, answer: failed(/^action：/) },
      {
        says: 'refuses an unknown action',
        request: 'GET /api/orders?action=nothing',
        status: 400,
        answer: failed(/^action：/),
      },
      { says: 'refuses an action that every object has', request: 'GET /api/orders?action=constructor', status: 400 },
      {
        says: 'refuses an action given twice',
        request: 'GET /api/orders?action=trade_view&action=get_orders',
        status: 400,
      },
      {
        says: 'asks for a log-in before it asks for an action',
        who: 'nobody',
        request: 'GET /api/orders',
        status: 401,
      },
    ],
    () => world,
  )
})

describe('GET /api/orders/[id]', () => {
  itIsGuarded('GET /api/orders/{order}', 'view', () => world)
  itHolds(
    [
      ...missingPaths.map((id): Scenario => ({
        says: `does not find ${id}`,
        request: `GET /api/orders/${id}`,
        status: 404,
      })),
      {
        says: 'shows the order with its history',
        who: 1,
        request: 'GET /api/orders/{order}',
        status: 200,
        answer: {
          trans_id: 'T1',
          total_amount: 10.5,
          history: [expect.objectContaining({ event: 'received', user: 'goBox' })],
        },
      },
      {
        says: 'refuses an unknown action',
        request: 'GET /api/orders/{order}?action=confirm',
        status: 400,
        answer: failed(/^action：/),
      },
      { says: 'takes an empty action as none', request: 'GET /api/orders/{order}?action=', status: 200 },
    ],
    () => world,
  )
})

describe('POST /api/orders/[id]', () => {
  itHolds(
    [
      { says: 'asks for an action', request: 'POST /api/orders/{order}', status: 400, answer: failed(/^action：/) },
      {
        says: 'refuses an unknown action in the body',
        request: 'POST /api/orders/{order}',
        body: { action: 'drop' },
        status: 400,
      },
      {
        says: 'refuses an action that is no text',
        request: 'POST /api/orders/{order}',
        body: { action: ['import'] },
        status: 400,
      },
      {
        says: 'reads the action from the body too',
        request: 'POST /api/orders/{order}',
        body: { action: 'init_order' },
        status: 200,
      },
    ],
    () => world,
  )
})

describe('DELETE /api/orders/[id]', () => {
  itIsGuarded('DELETE /api/orders/{order}', 'delete', () => world)
  itHolds(
    missingPaths.map((id): Scenario => ({
      says: `does not find ${id}`,
      request: `DELETE /api/orders/${id}`,
      status: 404,
    })),
    () => world,
  )

  it('deletes an order with its history, and a later message makes it anew', async () => {
    const { app, shop } = world
    const id = await app.receive(shop, 'T-delete')
    await app.receive(shop, 'T-delete', { status: 103 })
    const { token } = await app.logIn(shop.name, 8)
    expect((await app.ask(`DELETE /api/orders/${id}`, { token })).body).toEqual({ state: 1 })
    expect((await app.ask(`DELETE /api/orders/${id}`, { token })).status).toBe(404)
    expect(app.rows('SELECT * FROM order_events WHERE order_id = ?', id)).toEqual([])
    const anew = await app.receive(shop, 'T-delete')
    expect(anew).toBeGreaterThan(id)
  })

  it('refuses an imported order until its import is reset', async () => {
    const { app } = context
    const shop = await app.openShop()
    await app.addDevice(shop)
    const id = await app.receive(shop, 'T-sold')
    await app.ask(`POST /api/orders/${id}?action=import`, shop)
    const before = app.snapshot()
    expect(await app.ask(`DELETE /api/orders/${id}`, shop)).toMatchObject({ status: 409, body: failed(/先重置/) })
    expect(app.snapshot()).toEqual(before)
    const [document] = await app.sandbox.control.documents('T-sold')
    await app.sandbox.control.deleteDocument(document!.id)
    expect((await app.ask(`POST /api/orders/${id}?action=init_order`, shop)).status).toBe(200)
    expect((await app.ask(`DELETE /api/orders/${id}`, shop)).status).toBe(200)
  })

  it('refuses an order that is being sent', async () => {
    const { app } = context
    const shop = await app.openShop()
    await app.addDevice(shop)
    const id = await app.receive(shop, 'T-going')
    await app.sandbox.control.fault({ step: 'c8.retail_create', kind: 'slow', ms: 300, times: 1 })
    const importing = app.ask(`POST /api/orders/${id}?action=import`, shop)
    await expect.poll(() => app.sandbox.control.calls('c8.retail_create')).toHaveLength(1)
    expect((await app.ask(`DELETE /api/orders/${id}`, shop)).status).toBe(409)
    expect((await importing).status).toBe(200)
    expect(await app.sandbox.control.documents('T-going')).toHaveLength(1)
  })
})
