import { expect, it } from 'vitest'
import { failed, orderMessage, useApp, type Shop } from './server.ts'

const context = useApp({ NUXT_LEGACY_STATUS: 'true' })

const refused = { status: 0, errmsg: expect.stringMatching(/./) as string }
let shop: Shop

it.each<[string, string, (shop: Shop) => object, object]>([
  ['a missing token', 'GET /api/devices', () => ({}), failed(/登录/)],
  ['bad input', 'POST /api/devices', ({ token }) => ({ token, body: {} }), failed(/必填/)],
  ['what is not there', 'GET /api/devices/99', ({ token }) => ({ token }), failed()],
  ['an unknown path', 'GET /api/nothing', ({ token }) => ({ token }), failed()],
  ['a wrong method', 'PATCH /api/devices', ({ token }) => ({ token }), failed(/GET/)],
  [
    'a body that is too large',
    'POST /api/devices',
    ({ token }) => ({ token, raw: 'x'.repeat(1_100_000) }),
    failed(/1 MiB/),
  ],
  ['a business rule', 'GET /api/orders?action=get_orders&trans_id=T1', ({ token }) => ({ token }), failed(/设置/)],
  [
    'a bad message',
    'POST /api/create_order',
    ({ localToken }) => ({ token: localToken, body: { ...orderMessage('T1'), status: 1 } }),
    refused,
  ],
  [
    'a message with a wrong token',
    'POST /api/create_order',
    () => ({ token: 'wrong', body: orderMessage('T1') }),
    refused,
  ],
])('for old front ends %s is answered 200 with the same body', async (_, request, question, body) => {
  shop ??= await context.app.openShop()
  const answer = await context.app.ask(request, question(shop))
  expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body })
})

it("a header tells the status all the same, which those do not read and this app's pages need", async () => {
  shop ??= await context.app.openShop()
  const statusOf = async (request: string, token?: string) =>
    (await context.app.ask(request, { token })).headers.get('x-status')
  expect(await statusOf('GET /api/devices')).toBe('401')
  expect(await statusOf('GET /api/devices/99', shop.token)).toBe('404')
  expect(await statusOf('GET /api/devices', shop.token)).toBeNull()
})
