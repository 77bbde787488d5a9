import { beforeAll, describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type World } from './scenarios.ts'
import { failed, useApp } from './server.ts'

const context = useApp({ NUXT_UPSTREAM_TIMEOUT: '1000', NUXT_UPSTREAM_MAX_BYTES: '100000' })
let world: World

beforeAll(async () => {
  world = { app: context.app, shop: await context.app.openShop(), ids: {} }
})

describe.each(['stores', 'banks', 'employees', 'members'])('GET /api/%s', (list) => {
  const request = `GET /api/${list}`
  itIsGuarded(request, 'view', () => world)

  itHolds(
    [
      { says: 'refuses limit 0', request: `${request}?limit=0`, status: 400, answer: failed(/^limit：/) },
      { says: 'refuses limit 1001', request: `${request}?limit=1001`, status: 400, answer: failed(/^limit：/) },
      { says: 'refuses a negative start', request: `${request}?start=-1`, status: 400, answer: failed(/^start：/) },
      {
        says: 'refuses a name of 65 characters',
        request: `${request}?name=${'x'.repeat(65)}`,
        status: 400,
        answer: failed(/^name：/),
      },
      {
        says: "shows C8's list with its total",
        who: 1,
        request,
        status: 200,
        answer: {
          total: expect.any(Number),
          root: expect.arrayContaining([expect.objectContaining({ id: expect.any(Number), name: expect.any(String) })]),
        },
        calls: ['c8.lists'],
      },
    ],
    () => world,
  )

  it("asks C8 for the name and the page, as the session's user", async () => {
    const { app, shop } = world
    await app.ask(`${request}?name=${encodeURIComponent('无 & 人')}&start=2&limit=3`, shop)
    const [call] = await app.sandbox.control.calls('c8.lists')
    expect(call).toMatchObject({ token: shop.c8Token })
    expect(Object.fromEntries(new URL(call!.path, 'http://c8').searchParams)).toEqual({
      name__icontains: '无 & 人',
      start: '2',
      limit: '3',
    })
  })
})

describe("C8's lists", () => {
  it('are found by a part of the name', async () => {
    const { body } = await world.app.ask(
      `GET /api/stores?name=${encodeURIComponent('无人')}&start=1&limit=2`,
      world.shop,
    )
    expect(body).toMatchObject({ state: 1, total: 5, root: [{ name: '南山医院无人柜仓' }, { name: '大学城无人柜仓' }] })
  })

  it.each<[string, Parameters<typeof context.app.sandbox.control.fault>[0], number, RegExp]>([
    ['500', { step: 'c8.lists', kind: 'status' }, 502, /^C8 查询仓库失败：服务出错（500）/],
    ['429', { step: 'c8.lists', kind: 'status', status: 429 }, 502, /服务出错/],
    ['garbage', { step: 'c8.lists', kind: 'garbage' }, 502, /无法读懂/],
    ['a reset', { step: 'c8.lists', kind: 'reset' }, 502, /中断/],
    ['a redirect', { step: 'c8.lists', kind: 'redirect' }, 502, /跳转/],
    ['too many bytes', { step: 'c8.lists', kind: 'huge', bytes: 1_000_000 }, 502, /超过 100000 字节/],
    ['nothing in time', { step: 'c8.lists', kind: 'slow', ms: 60_000 }, 504, /超时（1 秒/],
    ['a byte now and then', { step: 'c8.lists', kind: 'drip', ms: 50 }, 504, /超时/],
    ['a refusal', { step: 'c8.lists', kind: 'refuse', message: '没有权限' }, 422, /没有权限/],
    ['404', { step: 'c8.lists', kind: 'status', status: 404 }, 422, /被拒绝/],
    ['that the session has ended', { step: 'c8.lists', kind: 'lapsed_token' }, 422, /重新登录/],
  ])('are refused in Chinese when C8 answers %s', async (_, fault, status, errmsg) => {
    const { app, shop } = world
    await app.sandbox.control.fault(fault)
    expect(await app.ask('GET /api/stores', shop)).toMatchObject({ status, body: failed(errmsg) })
    expect(await app.sandbox.control.calls('redirected')).toEqual([])
  })
})
