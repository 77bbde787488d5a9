import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { deviceInput, useApp } from './server.ts'

const world = useApp()

describe('GET /api/openapi.json', () => {
  it('is open to everybody and is what docs/openapi.json holds', async () => {
    const response = await fetch(`${world.app.url}/api/openapi.json`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect((await response.text()) === readFileSync('docs/openapi.json', 'utf8'), 'build anew').toBe(true)
  })

  it('knows this version', async () => {
    const { info } = (await (await fetch(`${world.app.url}/api/openapi.json`)).json()) as { info: object }
    expect(info).toMatchObject({ version: packageJson.version })
  })

  it('takes no other method', async () => {
    const { token } = await world.app.openShop()
    expect((await world.app.ask('POST /api/openapi.json', { token, body: {} })).status).toBe(405)
  })
})

const NOTHING = { credentials: false, webhook: false, cabinets: false, automation: false, alerts: false }

async function readSteps(token: string): Promise<Record<string, boolean>> {
  const { body } = await world.app.ask<{ steps: { step: string; done: boolean }[] }>('GET /api/onboarding', { token })
  return Object.fromEntries(body.steps.map(({ step, done }) => [step, done]))
}

describe('GET /api/onboarding', () => {
  it('tells what a new account set has yet to do, until all is done', async () => {
    const { app } = world
    const shop = await app.openShop()
    const done = () => readSteps(shop.token)
    expect(await done()).toEqual(NOTHING)
    await app.ask(`PUT /api/set_of_books/${shop.id}`, {
      token: shop.token,
      body: { app_key: shop.app_key, user_name: shop.gobox_user },
    })
    await app.addDevice(shop, deviceInput())
    expect(await done()).toEqual({ ...NOTHING, credentials: true, cabinets: true })
    await app.receive(shop, 'T-1', { dev_id: 99 })
    await app.ask('PUT /api/automation', { token: shop.token, body: { downloads: 1, imports: 1 } })
    // When the webhook was called is written out now and then.
    const begun = { ...NOTHING, credentials: true, webhook: true, automation: true }
    await expect.poll(done).toEqual(begun)
    await app.addDevice(shop, { dev_id: 99 })
    expect(await done()).toEqual({ ...begun, cabinets: true })
  })

  it('asks for a channel of alerts that is switched on', async () => {
    const { app } = world
    const { token } = await app.openShop()
    const isDone = async () => (await readSteps(token)).alerts
    const body = { type: 'wecom', name: '值班群', url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k' }
    expect(await isDone()).toBe(false)
    const { body: channel } = await app.ask('POST /api/alert_channels', { token, body: { ...body, enabled: 0 } })
    expect(await isDone(), 'it is switched off').toBe(false)
    await app.ask(`PUT /api/alert_channels/${channel.id as number}`, { token, body: { enabled: 1 } })
    expect(await isDone()).toBe(true)
    expect((await readSteps((await app.openShop()).token)).alerts, 'it is another account set’s').toBe(false)
  })
})

describe('GET /api/health', () => {
  it('tells who is signed in which version runs on which engine, and others nothing', async () => {
    const { token } = await world.app.openShop()
    const engine = process.env.TEST_ENGINE === 'postgres' ? 'PostgreSQL' : 'SQLite'
    const { body } = await world.app.ask('GET /api/health', { token })
    expect(body).toMatchObject({ version: packageJson.version, engine })
    expect((await world.app.ask('GET /api/health')).body).toEqual({ state: 1 })
  })
})

describe('where nothing is configured yet', () => {
  const bare = useApp({ NUXT_GOBOX_URL: '', NUXT_C8_ALLOWED_ORIGINS: '' })

  it('the health check names the settings that are missing, to everybody', async () => {
    expect((await bare.app.ask('GET /api/health')).body).toEqual({
      state: 1,
      unconfigured: ['NUXT_GOBOX_URL', 'NUXT_C8_ALLOWED_ORIGINS'],
    })
  })
})
