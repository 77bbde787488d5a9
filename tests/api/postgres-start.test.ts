import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { PostgresServer } from '../../sandbox/postgres.ts'
import { engine } from './database.ts'
import { App, built, failed, orderMessage } from './server.ts'

const key = Buffer.alloc(32, 7).toString('base64')

/** Starts the app with these settings alone; resolves with what it says when it ends. */
async function startWith(settings: Record<string, string>) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^NUXT_|^NITRO_/.test(name))
  const child = spawn(process.execPath, [built], {
    env: { ...Object.fromEntries(inherited), HOST: '127.0.0.1', PORT: '0', ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  const [code] = (await once(child, 'exit')) as [number]
  return { code, said }
}

describe.runIf(engine === 'postgres')('a start on PostgreSQL', () => {
  it.each([
    ['an address that is none', { NUXT_DATABASE_URL: 'mysql://shop:hidden@db/gobox', NUXT_SECRET_KEY: key }],
    ['a server that is not there', { NUXT_DATABASE_URL: 'postgres://a:hidden@127.0.0.1:1/x', NUXT_SECRET_KEY: key }],
    ['no key', { NUXT_DATABASE_URL: process.env.TEST_DATABASE_URL! }],
    [
      'a data folder, too',
      { NUXT_DATABASE_URL: process.env.TEST_DATABASE_URL!, NUXT_SECRET_KEY: key, NUXT_DATA_DIR: '/tmp/x' },
    ],
  ])('with %s ends with one sentence', async (_, settings) => {
    const { code, said } = await startWith(settings)
    expect(code).toBe(1)
    expect(said).toMatch(/^[^\n]*[\u4E00-\u9FFF][^\n]*\n$/)
    expect(said).not.toMatch(/hidden|only-on-loopback/)
  })
})

describe.runIf(engine === 'postgres')('a start on a database that is in use', () => {
  it('ends with one sentence where the key is another, or the database is of a newer version', async () => {
    const app = await App.start()
    try {
      const NUXT_DATABASE_URL = app.databaseUrl!
      expect(await startWith({ NUXT_DATABASE_URL, NUXT_SECRET_KEY: key })).toEqual({
        code: 1,
        said: expect.stringMatching(/^[^\n]*NUXT_SECRET_KEY 不是加密这个数据库时用的密钥[^\n]*\n$/),
      })
      app.change("INSERT INTO __drizzle_migrations (created_at, hash) VALUES (99999999999999, 'later')")
      expect(await startWith({ NUXT_DATABASE_URL, NUXT_SECRET_KEY: key })).toEqual({
        code: 1,
        said: expect.stringMatching(/^[^\n]*更新版本的 goBox[^\n]*\n$/),
      })
    } finally {
      await app.close()
    }
  })
})

describe.runIf(engine === 'postgres')('while PostgreSQL is away', () => {
  it('goBox gets 503, whoever reads is told so, and all goes on when it is back', async () => {
    const server = await PostgresServer.start()
    const app = await App.start({ NUXT_DATABASE_URL: server.url(), NUXT_SECRET_KEY: key })
    try {
      const shop = await app.openShop()
      const send = (transId: string) =>
        app.ask('POST /api/create_order', { token: shop.localToken, body: orderMessage(transId) })
      expect((await send('T1')).status).toBe(200)
      await server.end('SIGKILL')
      // The server's sessions outlive its main process for a moment, and still store.
      await expect
        .poll(() => send('T2'))
        .toMatchObject({ status: 503, body: { status: 0, code: 'database_unavailable' } })
      expect(await app.ask('GET /api/devices', { token: shop.token })).toMatchObject({
        status: 503,
        body: failed(/数据库现在不可用/),
      })
      // Its answer stands for a second.
      await expect.poll(async () => (await app.ask('GET /api/health')).status).toBe(503)
      await server.startAgain()
      for (const deadline = Date.now() + 10_000; (await send('T2')).status !== 200; await sleep(50))
        expect(Date.now()).toBeLessThan(deadline)
      expect(await app.findOrder(shop, 'T1')).toBeDefined()
      expect(await app.findOrder(shop, 'T2')).toBeDefined()
    } finally {
      await app.close()
      await server.stop()
    }
  })
})
