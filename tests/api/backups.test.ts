import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Backups } from '#shared/backups'
import { engine } from './database.ts'
import { failed, useApp, type Shop } from './server.ts'

const context = useApp()
let shop: Shop

beforeAll(async () => {
  shop = await context.app.openShop()
})

const view = async (token = shop.token) => context.app.ask<Backups & { state: 1 }>('GET /api/backups', { token })

describe.runIf(engine === 'sqlite')('in a data folder', () => {
  it('says that there is no backup yet', async () => {
    expect(await view()).toMatchObject({
      status: 200,
      body: {
        state: 1,
        status: 'idle',
        progress: null,
        last_at: null,
        size: null,
        verified: false,
        folder: join(context.app.folder, 'backups'),
        count: 0,
        error: null,
        drill: { at: null, ok: null, detail: null },
      },
    })
  })

  it('makes one when asked, tells how far it is, and tries at once whether it can be restored', async () => {
    const { app } = context
    await app.receive(shop, 'T-1')
    const { status, body } = await app.ask<Backups>('POST /api/backups', { token: shop.token })
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'running', progress: expect.any(Number) } })
    expect(body.progress).toBeLessThanOrEqual(1)
    const done = await vi.waitUntil(
      async () => {
        const { body: now } = await view()
        return now.drill.at !== null && now
      },
      { timeout: 50_000, interval: 50 },
    )
    expect(done).toEqual({
      state: 1,
      status: 'idle',
      progress: null,
      last_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      size: expect.any(Number),
      verified: true,
      folder: join(app.folder, 'backups'),
      count: 1,
      error: null,
      drill: { at: expect.any(String), ok: true, detail: expect.stringMatching(/1 个订单、0 个货柜、1 个账套/) },
    })
    expect(done.size).toBeGreaterThan(10_000)
    expect(existsSync(join(app.folder, 'drill'))).toBe(false)
    expect((await app.ask('GET /api/health', { token: shop.token })).body).toMatchObject({
      last_backup_at: done.last_at,
      last_backup_ok: true,
    })
    expect(statSync(join(app.folder, 'backups.json')).mode & 0o777).toBe(0o600)
  })

  it('still knows after a restart', async () => {
    const { body: before } = await view()
    await context.app.restart()
    expect((await view()).body).toEqual(before)
  })
})

it.each(['GET', 'POST'])('%s takes the permission to edit', async (method) => {
  for (const level of [1, 5, 13]) {
    const { token } = await context.app.logIn(shop.name, level)
    expect(await context.app.ask(`${method} /api/backups`, { token })).toMatchObject({
      status: 403,
      body: failed(/修改/),
    })
  }
  const { token } = await context.app.logIn(shop.name, 2)
  expect((await view(token)).status).toBe(engine === 'sqlite' ? 200 : 422)
})

it.runIf(engine === 'postgres')('in PostgreSQL it has backups of its own', async () => {
  for (const method of ['GET', 'POST'])
    expect(await context.app.ask(`${method} /api/backups`, { token: shop.token })).toMatchObject({
      status: 422,
      body: { code: 'backups_elsewhere' },
    })
})
