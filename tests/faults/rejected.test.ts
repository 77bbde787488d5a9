import { expect, test } from 'vitest'
import type { RejectedMessagePage, RejectedMessageText } from '../../shared/rejected-messages.ts'
import { orderMessage, useApp, type Shop } from '../api/server.ts'

const context = useApp()

const send = (token: string, raw: string) => context.app.ask('POST /api/create_order', { token, raw })

async function kept(shop: Shop, limit = 1000) {
  const { body } = await context.app.ask<RejectedMessagePage>(`GET /api/rejected_messages?limit=${limit}`, {
    token: shop.token,
  })
  return body
}

async function textOf(shop: Shop, id: number) {
  return (await context.app.ask<RejectedMessageText>(`GET /api/rejected_messages/${id}`, { token: shop.token })).body
    .body
}

test('a message that cannot be understood is kept as it came, with the reason; one without a valid token is not', async () => {
  const { app } = context
  const shop = await app.openShop()
  const other = await app.openShop()
  const raw = '{"trans_id": "X1",  "status": 999}'
  expect((await send(shop.localToken, raw)).status).toBe(400)
  expect((await send(shop.localToken, 'no JSON')).status).toBe(400)
  expect((await send('wrong', raw)).status).toBe(401)
  const { total, root } = await kept(shop)
  expect({ total, root: root.map(({ trans_id, truncated }) => ({ trans_id, truncated })) }).toEqual({
    total: 2,
    root: [
      { trans_id: null, truncated: false },
      { trans_id: 'X1', truncated: false },
    ],
  })
  expect(await Promise.all(root.map(({ id }) => textOf(shop, id)))).toEqual(['no JSON', raw])
  expect(root.every(({ reason }) => /[\u4E00-\u9FFF]/.test(reason))).toBe(true)
  expect((await kept(other)).total).toBe(0)
  await app.kill9()
  await app.start()
  expect((await kept(shop)).total).toBe(2)
})

test('a kept message is taken in once what was wrong is mended, and forgotten then', async () => {
  const { app } = context
  const shop = await app.openShop()
  await send(shop.localToken, JSON.stringify({ ...orderMessage('R1'), status: 999 }))
  const [message] = (await kept(shop)).root
  const replay = () => app.ask(`POST /api/rejected_messages/${message!.id}/replay`, { token: shop.token })
  expect((await replay()).status).toBe(400)
  expect((await kept(shop)).total).toBe(1)
  // As a release that knows the new status would.
  app.change('UPDATE rejected_messages SET body = ? WHERE id = ?', JSON.stringify(orderMessage('R1')), message!.id)
  expect((await replay()).status).toBe(200)
  expect(await app.findOrder(shop, 'R1')).toMatchObject({ status: 100 })
  expect((await kept(shop)).total).toBe(0)
  expect((await replay()).status).toBe(404)
})

test('retries of one order are one entry, which shows how often and since when, also of what is no JSON', async () => {
  const { app } = context
  const shop = await app.openShop()
  for (let retry = 0; retry < 20; retry++) {
    await send(shop.localToken, JSON.stringify({ ...orderMessage('same'), status: 999, time: retry }))
    await send(shop.localToken, `{"trans_id" : "cut", "time": ${retry}, `)
    await send(shop.localToken, JSON.stringify({ ...orderMessage('other'), trans_id: ' blank ', time: retry }))
  }
  const { total, pushed_out, root } = await kept(shop)
  expect({ total, pushed_out }).toEqual({ total: 3, pushed_out: 0 })
  expect(root.map(({ trans_id, count }) => [trans_id, count])).toEqual([
    [' blank ', 20],
    ['cut', 20],
    ['same', 20],
  ])
  expect(JSON.parse(await textOf(shop, root[2]!.id))).toMatchObject({ time: 19 })
  expect(root.every(({ first_at, received_at }) => first_at <= received_at)).toBe(true)
})

test('of a message at most 64 KiB are kept, and of an account set the newest 1,000', async () => {
  const { app } = context
  const shop = await app.openShop()
  const other = await app.openShop()
  app.change(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 998)
    INSERT INTO rejected_messages (set_of_book_id, received_at, source, body, truncated, reason) SELECT ${shop.id}, i, 'webhook', 'old ' || i, 0, '旧' FROM n`)
  await send(other.localToken, 'of the other')
  for (let index = 0; index < 5; index++) await send(shop.localToken, `new ${index}`)
  const long = `{"trans_id": "${'x'.repeat(100_000)}`
  expect((await send(shop.localToken, long)).status).toBe(400)
  const { total, pushed_out, root } = await kept(shop)
  expect({ total, pushed_out }).toEqual({ total: 1000, pushed_out: 4 })
  expect(root[0]).toMatchObject({ truncated: true })
  expect(await textOf(shop, root[0]!.id)).toBe(long.slice(0, 64 * 1024))
  const texts = await Promise.all([...root.slice(1, 6), root.at(-1)!].map(({ id }) => textOf(shop, id)))
  expect(texts).toEqual([...[4, 3, 2, 1, 0].map((index) => `new ${index}`), 'old 5'])
  expect((await kept(other)).total).toBe(1)
  expect((await app.ask(`POST /api/rejected_messages/${root[0]!.id}/replay`, { token: shop.token })).status).toBe(409)
})
