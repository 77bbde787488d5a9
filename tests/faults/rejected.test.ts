import { expect, test } from 'vitest'
import type { RejectedMessage } from '../../shared/rejected-messages.ts'
import { orderMessage, useApp, type Shop } from '../api/server.ts'

const context = useApp()

const send = (token: string, raw: string) => context.app.ask('POST /api/create_order', { token, raw })

async function kept(shop: Shop, limit = 1000) {
  const { body } = await context.app.ask<{ total: number; root: RejectedMessage[] }>(
    `GET /api/rejected_messages?limit=${limit}`,
    { token: shop.token },
  )
  return body
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
  expect({ total, bodies: root.map(({ body, truncated }) => ({ body, truncated })) }).toEqual({
    total: 2,
    bodies: [
      { body: 'no JSON', truncated: false },
      { body: raw, truncated: false },
    ],
  })
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
  const { total, root } = await kept(shop)
  expect(total).toBe(1000)
  expect(root[0]).toMatchObject({ body: long.slice(0, 64 * 1024), truncated: true })
  expect(root.slice(1, 6).map(({ body }) => body)).toEqual([4, 3, 2, 1, 0].map((index) => `new ${index}`))
  expect(root.at(-1)!.body).toBe('old 5')
  expect((await kept(other)).total).toBe(1)
  expect((await app.ask(`POST /api/rejected_messages/${root[0]!.id}/replay`, { token: shop.token })).status).toBe(409)
})
