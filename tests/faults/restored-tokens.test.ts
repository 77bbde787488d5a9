import { expect, test } from 'vitest'
import { orderMessage, useApp, type App, type Shop } from '../api/server.ts'
import { backUp, runScript } from './setup.ts'

const context = useApp()

const restore = (file: string) => runScript('restore', context.app.folder, [file])

interface Notice {
  notice: { at: string; file: string; strangers: number; last_stranger_at: string | null } | null
}

const notice = async (app: App, token: string) =>
  (await app.ask<Notice>('GET /api/restore_notice', { token })).body.notice

const replaceToken = async (shop: Shop, overlap_hours: number) =>
  (await context.app.ask(`POST /api/set_of_books/${shop.id}/token`, { token: shop.token, body: { overlap_hours } }))
    .body.token as string

test('sessions and replaced tokens do not come back to life, and which token holds is said until it is settled', async () => {
  const { app } = context
  const shop = await app.openShop()
  const other = await app.openShop()
  const oldest = shop.localToken
  const held = await replaceToken(shop, 24)
  const backup = await backUp(app)
  const newest = await replaceToken(shop, 0)
  const send = async (token: string, transId: string) =>
    (await app.ask('POST /api/create_order', { token, body: orderMessage(transId) })).status
  expect(await send(newest, `${shop.name}-1`)).toBe(200)
  await app.end('SIGTERM')

  const { output } = await restore(backup)
  expect(output).toContain('所有登录都已结束')
  expect(output).toContain(`${shop.name}：${held.slice(0, 6)}…${held.slice(-4)}`)
  expect(output).toContain(`${other.name}：${other.localToken.slice(0, 6)}…`)
  for (const secret of [held, other.localToken, shop.token]) expect(output).not.toContain(secret)

  await app.start()
  expect((await app.ask('GET /api/orders?action=trade_view', { token: shop.token })).status).toBe(401)
  const { token } = await app.logIn(shop.name, 15)
  const { token: otherToken } = await app.logIn(other.name, 15)
  expect(await notice(app, token)).toMatchObject({ strangers: 0, last_stranger_at: null })
  expect((await app.ask('GET /api/set_of_books', { token })).body.token).toBe(held)

  // goBox still has the newest one, and others that the backup knows of are over.
  expect(await send(newest, `${shop.name}-2`)).toBe(401)
  expect(await send(newest, `${shop.name}-3`)).toBe(401)
  expect(await send(oldest, `${shop.name}-4`)).toBe(401)
  expect(await notice(app, token)).toMatchObject({ strangers: 3, last_stranger_at: expect.any(String) })
  await app.restart()
  expect(await notice(app, token)).toMatchObject({ strangers: 3 })

  // A message with the token that holds settles it for its account set.
  expect(await send(held, `${shop.name}-5`)).toBe(200)
  expect(await notice(app, token)).toBe(null)
  expect(await notice(app, otherToken)).toMatchObject({ strangers: 3 })
  const viewer = (await app.logIn(other.name, 1)).token
  expect(await notice(app, viewer)).toMatchObject({ strangers: 3 })
  expect((await app.ask('DELETE /api/restore_notice', { token: viewer })).status).toBe(403)
  expect((await app.ask('DELETE /api/restore_notice', { token: otherToken })).status).toBe(200)
  expect(await notice(app, otherToken)).toBe(null)
  await app.restart()
  expect(await notice(app, otherToken)).toBe(null)
  expect(await send(newest, `${shop.name}-6`)).toBe(401)

  const { body } = await app.ask<{ root: { event: string; detail: { name: string } }[] }>(
    'GET /api/audit?event=database_restored',
    { token },
  )
  expect(body.root).toMatchObject([{ user: 'goBox', detail: { name: backup.split('/').at(-1) } }])
})
