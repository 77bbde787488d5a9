import { connect } from 'node:net'
import { once } from 'node:events'
import { expect, it, vi } from 'vitest'
import { useApp } from './server.ts'

const context = useApp()

it('says without a token that the process is there, and that it is fit', async () => {
  for (const path of ['/api/health', '/api/health/live'])
    expect(await context.app.ask(`GET ${path}`)).toMatchObject({ status: 200, body: { state: 1 } })
  expect((await context.app.ask('POST /api/health/live')).status).toBe(405)
})

it('while the process drains it is there, but not fit; what is asked meanwhile is still answered', async () => {
  const { app } = context
  const shop = await app.openShop()
  await app.addDevice(shop)
  const id = await app.receive(shop, 'T-1')
  await app.sandbox.control.fault({ step: 'c8.retail_create', kind: 'slow', ms: 1500, times: 1 })
  const answer = app.ask(`POST /api/orders/${id}?action=import`, { token: shop.token })
  await vi.waitUntil(async () => (await app.sandbox.control.faults()).length === 0, 10_000)
  const ended = app.end('SIGTERM')
  const health = await vi.waitUntil(async () => {
    // An idle connection may be closed just when it is used again.
    const found = await app.ask('GET /api/health').catch(() => undefined)
    return found?.headers.get('connection') === 'close' && found
  })
  expect(health).toMatchObject({ status: 503, body: { code: 'stopping' } })
  expect((await app.ask('GET /api/health/live')).status).toBe(200)
  expect((await app.ask('GET /api/orders?action=trade_view', { token: shop.token })).status).toBe(200)
  expect(await answer).toMatchObject({ status: 200, body: { state: 1 } })
  expect(await ended).toBe(0)
  await app.start()
})

it('a stop waits for no connection that nothing is asked on', async () => {
  const { app } = context
  await fetch(`${app.url}/api/health`)
  const silent = connect(Number(new URL(app.url).port), '127.0.0.1')
  await once(silent, 'connect')
  silent.on('error', () => {})
  const begin = performance.now()
  expect(await app.end('SIGTERM')).toBe(0)
  expect(performance.now() - begin).toBeLessThan(6000)
  silent.destroy()
  await app.start()
})
