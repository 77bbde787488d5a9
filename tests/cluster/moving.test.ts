import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { App, orderMessage, type Shop } from '../api/server.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'gobox-moving-'))

/** Copies the data folder over, as `npm run migrate-to-postgres` does. */
function migrate(to: string, env: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'migrate-to-postgres.ts'), `--to=${to}`],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  )
  return { status, output: stdout + stderr }
}

describe('a shop that moves from a data folder to PostgreSQL', () => {
  let small: App
  let large: App
  let shop: Shop
  const onFolder = { NUXT_DATA_DIR: folder, NUXT_DATABASE_URL: '' }

  beforeAll(async () => {
    small = await App.start(onFolder)
    shop = await small.openShopWithCredentials()
    await small.addDevice(shop)
  })
  afterAll(async () => {
    await large?.close()
    await small?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const listAtGobox = (...transIds: string[]) =>
    small.sandbox.control.addOrders(shop.name, ...transIds.map((transId) => orderMessage(transId)))
  const download = (app: App) =>
    app.ask<{ created: number }>('GET /api/orders?action=get_orders&start_date=2026-11-20&end_date=2026-11-20', shop)
  async function importOrder(app: App, transId: string) {
    const order = await app.findOrder(shop, transId)
    return app.ask(`POST /api/orders/${order!.id}?action=import`, shop)
  }
  const states = async (app: App, ...transIds: string[]) =>
    Promise.all(transIds.map(async (transId) => (await app.findOrder(shop, transId))?.import_state))

  it('finds its orders, sessions, tokens and cabinets there, and goes on', async () => {
    await listAtGobox('M1', 'M2')
    expect((await download(small)).body.created).toBe(2)
    expect((await importOrder(small, 'M1')).status).toBe(200)
    await small.end('SIGTERM')

    const to = small.databaseUrl!
    const key = small.secretKey!
    const moved = migrate(to, { ...onFolder, NUXT_SECRET_KEY: key })
    expect(moved).toEqual({ status: 0, output: expect.stringContaining('orders: 2') as string })

    large = await small.startNode({ NUXT_DATABASE_URL: to, NUXT_DATA_DIR: '' })
    expect(await states(large, 'M1', 'M2')).toEqual(['imported', 'idle'])
    expect((await importOrder(large, 'M2')).status).toBe(200)
    await large.receive(shop, 'M3')
    expect((await importOrder(large, 'M3')).status).toBe(200)
  })

  it('can go back to the folder: goBox tells what came since, and C8 has each document once', async () => {
    await listAtGobox('M3', 'M4')
    await large.end('SIGTERM')
    await small.start()
    expect(await states(small, 'M1', 'M2', 'M3', 'M4')).toEqual(['imported', 'idle', undefined, undefined])
    expect((await download(small)).body.created).toBe(2)
    for (const transId of ['M2', 'M3', 'M4']) expect((await importOrder(small, transId)).status).toBe(200)
    for (const transId of ['M1', 'M2', 'M3', 'M4'])
      expect(await small.sandbox.control.documents(transId), transId).toMatchObject([{ status: 6 }])
  })

  it('moves once: a database that holds something is left as it is', async () => {
    await small.end('SIGTERM')
    const before = small.stored()
    const again = migrate(small.databaseUrl!, { ...onFolder, NUXT_SECRET_KEY: small.secretKey! })
    expect(again).toEqual({ status: 1, output: expect.stringContaining('不是空的') as string })
    expect(small.stored()).toEqual(before)
  })
})
