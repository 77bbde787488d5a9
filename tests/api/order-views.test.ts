import { beforeAll, describe, expect, it } from 'vitest'
import { BUILT_IN_VIEWS } from '#shared/order-view-query'
import type { OrderViews } from '#shared/order-views'
import type { Summary } from '#shared/summary'
import { itIsGuarded, type World } from './scenarios.ts'
import { failed, useApp, type Fields, type Shop } from './server.ts'

const context = useApp()
const world = {} as World
let shop: Shop
/** Others of the same account set: one who may only look, one who may edit. */
let looker: string
let editor: string

beforeAll(async () => {
  const { app } = context
  shop = await app.openShop()
  await app.addDevice(shop)
  looker = (await app.logIn(shop.name, 1, '王芳')).token
  editor = (await app.logIn(shop.name, 3, '赵敏')).token
  await app.receive(shop, 'paid')
  await app.receive(shop, 'elsewhere', { dev_id: 99 })
  await app.receive(shop, 'old', { create_time: '2026-01-05 10:00:00' })
  await app.receive(shop, 'refunded', { status: 103 })
  Object.assign(world, { app, shop, ids: {} })
})

const ask = <Body = Fields>(request: string, body?: unknown, token = shop.token) =>
  context.app.ask<Body>(request, { token, body })
const save = (name: string, query: string, rest: Fields = {}, token = shop.token) =>
  ask('POST /api/order_views', { name, query, ...rest }, token)
const list = async (token = shop.token) => (await ask<OrderViews>('GET /api/order_views', undefined, token)).body
const namesOf = async (token?: string) => (await list(token)).root.map(({ name }) => name)

describe('views of the order list', () => {
  itIsGuarded('GET /api/order_views', 'view', () => world)

  it('that are always there hold the orders of the overview’s figures, by the same filters', async () => {
    const { waiting } = (await ask<Summary>('GET /api/summary')).body
    const { built_in: views } = await list()
    expect(views.map(({ view }) => view)).toEqual(Object.keys(BUILT_IN_VIEWS))
    expect(views[0]).toEqual({ view: 'all', query: '', orders: 4 })
    for (const { view, query, orders } of views) {
      if (view === 'all') continue
      expect({ view, orders }).toEqual({ view, orders: waiting[view].orders })
      expect(Object.fromEntries(new URLSearchParams(query))).toEqual(
        Object.fromEntries(Object.entries(waiting[view].filter).map(([key, value]) => [key, String(value)])),
      )
    }
    expect(views.find(({ view }) => view === 'importable')!.orders).toBe(2)
  })

  it('are saved, counted, changed and deleted by their owner, who needs no more than the view bit', async () => {
    const { status, body } = await save('我的', 'status=103&start=5&sort=total_amount', {}, looker)
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { name: '我的', query: 'sort=total_amount&status=103', shared: false, owner: '王芳', is_own: true },
    })
    expect((await list(looker)).root).toMatchObject([{ id: body.id, orders: 1 }])
    const path = `/api/order_views/${body.id as number}`
    expect(await ask(`PUT ${path}`, { query: 'dev_id=99' }, looker)).toMatchObject({ body: { query: 'dev_id=99' } })
    expect(await ask(`PUT ${path}`, { name: '别的' }, looker)).toMatchObject({ body: { query: 'dev_id=99' } })
    expect((await list(looker)).root).toMatchObject([{ name: '别的', orders: 1 }])
    expect(await namesOf()).toEqual([])
    expect(await ask(`PUT ${path}`, { name: 'x' })).toMatchObject({ status: 404, body: failed(/视图/) })
    expect(await ask(`DELETE ${path}`)).toMatchObject({ status: 404 })
    expect(await ask(`DELETE ${path}`, undefined, looker)).toMatchObject({ status: 200 })
    expect(await ask(`DELETE ${path}`, undefined, looker)).toMatchObject({ status: 404 })
  })

  it('are shared, changed and taken back with the edit bit alone, which the audit tells of', async () => {
    expect(await save('共享', 'status=100', { shared: 1 }, looker)).toMatchObject({ status: 403 })
    const { body } = await save('共享', 'status=100', { shared: 1 })
    expect((await list(looker)).root).toMatchObject([{ name: '共享', is_own: false, owner: '陈晓东' }])
    const path = `/api/order_views/${body.id as number}`
    for (const request of [`PUT ${path}`, `DELETE ${path}`])
      expect(await ask(request, { name: 'x' }, looker)).toMatchObject({ status: 403, body: failed(/修改/) })
    expect(await ask(`PUT ${path}`, { name: '大家的' }, editor)).toMatchObject({ status: 200 })
    expect(await namesOf(looker)).toEqual(['大家的'])
    expect(await ask(`PUT ${path}`, { shared: 0 }, editor)).toMatchObject({ status: 200, body: { is_own: false } })
    expect(await namesOf(looker)).toEqual([])
    expect(await namesOf()).toEqual(['大家的'])
    expect(await ask(`DELETE ${path}`)).toMatchObject({ status: 200 })
    const mine = await save('自己的', '', {}, looker)
    expect(await ask(`PUT /api/order_views/${mine.body.id as number}`, { shared: 1 }, looker)).toMatchObject({
      status: 403,
    })
    await ask(`DELETE /api/order_views/${mine.body.id as number}`, undefined, looker)
    const audit = await ask<{ root: { event: string; user: string }[] }>('GET /api/audit')
    expect(
      audit.body.root.filter(({ event }) => event.startsWith('view')).map(({ event, user }) => [event, user]),
    ).toEqual([
      ['view_withdrawn', '赵敏'],
      ['view_changed', '赵敏'],
      ['view_shared', '陈晓东'],
    ])
  })

  it('with days that move on are counted by today’s, and those of a text are not counted', async () => {
    await save('今天', 'dates=today&columns=device,status')
    await save('找', 'q=paid')
    expect((await list()).root).toMatchObject([
      { query: 'columns=device%2Cstatus&dates=today', orders: expect.any(Number) },
      { query: 'q=paid', orders: null },
    ])
    const today = await ask<{ total: number }>(
      `GET /api/orders?action=trade_view&start_date=${new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)}`,
    )
    expect((await list()).root[0]!.orders).toBe(today.body.total)
    for (const { id } of (await list()).root) await ask(`DELETE /api/order_views/${id}`)
  })

  it('have one name each, and refuse what the list does not know', async () => {
    await save('一个', 'status=100')
    expect(await save('一个', 'status=101')).toMatchObject({ status: 409, body: failed(/一个/, 'view_exists') })
    expect(await save('一个', 'status=101', {}, looker)).toMatchObject({ status: 200 })
    const other = await save('两个', '')
    expect(await ask(`PUT /api/order_views/${other.body.id as number}`, { name: '一个' })).toMatchObject({
      status: 409,
      body: failed(/一个/, 'view_exists'),
    })
    for (const fields of [
      { name: '' },
      { name: 'x'.repeat(41) },
      { query: 'status=42' },
      { query: 'import_state=lost' },
      { query: 'sort=name' },
      { query: 'dates=someday' },
      { query: `q=${'x'.repeat(2000)}` },
    ])
      expect(await save('三个', 'status=100', fields)).toMatchObject({ status: 400, body: failed() })
    for (const { id } of (await list()).root) await ask(`DELETE /api/order_views/${id}`)
  })

  it('are opened with by each user’s own choice, as long as the view is there', async () => {
    const choose = (view: unknown, token?: string) => ask('PUT /api/order_views/default', { view }, token)
    const { body } = await save('开头', 'status=100', { shared: 1 })
    expect((await list()).default).toBeNull()
    expect(await choose('failed', looker)).toMatchObject({ status: 200 })
    expect(await choose(String(body.id))).toMatchObject({ status: 200 })
    expect(await choose(body.id, editor)).toMatchObject({ status: 200 })
    expect([(await list(looker)).default, (await list()).default]).toEqual(['failed', String(body.id)])
    for (const view of ['987654', 'nothing']) expect(await choose(view)).toMatchObject({ status: 404 })
    expect(await choose(undefined)).toMatchObject({ status: 400 })
    await ask(`PUT /api/order_views/${body.id as number}`, { shared: 0 })
    expect((await list(editor)).default).toBeNull()
    await ask(`DELETE /api/order_views/${body.id as number}`)
    expect(context.app.rows('SELECT view FROM order_view_defaults')).toEqual([{ view: 'failed' }])
    expect(await choose(null, looker)).toMatchObject({ status: 200 })
    expect((await list(looker)).default).toBeNull()
  })

  it('are fifty a user at most, and fifty that an account set shares', async () => {
    for (let number = 1; number <= 50; number++)
      expect(await save(`视图${number}`, '', { shared: number <= 49 ? 1 : 0 })).toMatchObject({ status: 200 })
    expect(await save('再一个', '')).toMatchObject({ status: 409, body: failed(/50/, 'views_full') })
    expect(await save('第五十', '', { shared: 1 }, editor)).toMatchObject({ status: 200 })
    expect(await save('太多', '', { shared: 1 }, editor)).toMatchObject({ status: 409 })
    const [last] = (await list()).root.filter(({ shared }) => !shared)
    expect(await ask(`PUT /api/order_views/${last!.id}`, { shared: 1 })).toMatchObject({ status: 409 })
  })

  it('go with their account set alone', async () => {
    const other = await context.app.openShop()
    const {
      total,
      root,
      built_in: [all],
    } = await list(other.token)
    expect({ total, root, all }).toEqual({ total: 0, root: [], all: { view: 'all', query: '', orders: 0 } })
  })
})
