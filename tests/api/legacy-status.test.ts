import { expect, it } from 'vitest'
import { readAnswer, sendRaw } from './security/raw.ts'
import { failed, orderMessage, useApp, type Fields, type Shop } from './server.ts'

const context = useApp({ NUXT_LEGACY_STATUS: 'true' })

const refused = expect.objectContaining({ status: 0, errmsg: expect.stringMatching(/./) as string }) as Fields
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

it('a message of goBox is told its success by both names', async () => {
  shop ??= await context.app.openShop()
  const { body } = await context.app.ask('POST /api/create_order', {
    token: shop.localToken,
    body: orderMessage('T-good'),
  })
  expect(body).toEqual({ status: 1, state: 1 })
})

it('what is no request is answered 200, too', async () => {
  const answers = await Promise.all(
    ['GARBAGE\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n'].map((bytes) =>
      sendRaw(context.app.url, bytes, 1000),
    ),
  )
  expect(answers.map((text) => /^x-status: (\d+)/im.exec(text)?.[1])).toEqual(['400', '400', '405'])
  for (const text of answers)
    expect(readAnswer(text)).toEqual({ status: 200, body: expect.stringMatching(/^\{"state":0,/) })
})

it("a header tells the status all the same, which those do not read and this app's pages need", async () => {
  shop ??= await context.app.openShop()
  const statusOf = async (request: string, token?: string) =>
    (await context.app.ask(request, { token })).headers.get('x-status')
  expect(await statusOf('GET /api/devices')).toBe('401')
  expect(await statusOf('GET /api/devices/99', shop.token)).toBe('404')
  expect(await statusOf('GET /api/devices', shop.token)).toBeNull()
})
