import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import Database from 'better-sqlite3'
import { afterAll, afterEach, expect, test } from 'vitest'
import type { Backups } from '#shared/backups'
import { lockBackups } from '../../server/storage/sqlite/data-folder.ts'
import { startOfDay } from '../../sandbox/shop.ts'
import { App, orderMessage, useApp, type Shop } from '../api/server.ts'
import { Clock, DAY, HOUR } from './clock.ts'
import { eventually, mountSmallDisk, runScript, tryToSend, type SmallDisk } from './setup.ts'

/** The app makes backups beside its work: what may go wrong meanwhile must not harm that work. */

const context = useApp()
let disk: SmallDisk | undefined

afterEach(async () => {
  if (!disk) return
  await context.app.end('SIGKILL')
  disk.unmount()
  disk = undefined
  context.app.wrap = []
  await context.app.start()
})

const ask = async (method: 'GET' | 'POST', { token }: Shop, app = context.app) =>
  app.ask<Backups>(`${method} /api/backups`, { token })

/** How the backup that was asked for ended. */
const ended = (shop: Shop, app = context.app) =>
  eventually(async () => {
    const { body } = await ask('GET', shop, app)
    return body.status === 'idle' && body
  })

/** The process that makes a backup. */
async function child(): Promise<number> {
  const find = () => spawnSync('pgrep', ['-P', String(context.app.pid)], { encoding: 'utf8' }).stdout.trim()
  return Number(await eventually(() => find() !== '' && find()))
}

/** Starts a backup and stops its process in the middle. */
async function startAndFreeze(shop: Shop) {
  expect((await ask('POST', shop)).body).toMatchObject({ status: 'running' })
  const pid = await child()
  process.kill(pid, 'SIGSTOP')
  return pid
}

const files = (folder: string) => (existsSync(folder) ? readdirSync(folder) : [])
const unfinished = (folder = context.app.folder) => files(join(folder, 'backups')).filter((name) => !/\.db$/.test(name))
const isAlive = (pid: number) => existsSync(`/proc/${pid}`)

/** Puts the stopped app's data onto a small disk. */
async function moveToSmallDisk(megabytes: number, skip: (condition: boolean, note: string) => void) {
  const { app } = context
  await app.end('SIGTERM')
  disk = await mountSmallDisk(app.folder, megabytes)
  skip(!disk, 'mounting a small file system takes root')
  app.wrap = disk!.wrap
  return disk!
}

test('a backup that does not fit is not begun: it says so, and orders go on being stored', async ({ skip }) => {
  const { app } = context
  const { fill, empty, path } = await moveToSmallDisk(160, skip)
  await app.start()
  const shop = await app.openShop()
  fill(90 * 1024 * 1024)
  expect((await ask('POST', shop)).status).toBe(200)
  expect(await ended(shop)).toMatchObject({
    error: expect.stringMatching(/磁盘空间不够：需要 1\d\d MB，只剩 \d\d MB/),
    last_at: null,
    count: 0,
  })
  expect(unfinished(path)).toEqual([])
  expect(await tryToSend(app, shop, orderMessage('while it is nearly full'))).toBe(true)
  empty()
  await eventually(async () => (await app.ask('GET /api/health', { token: shop.token })).status === 200)
  expect((await app.ask('GET /api/health', { token: shop.token })).body).toMatchObject({
    last_backup_at: null,
    last_backup_ok: false,
  })
  await ask('POST', shop)
  expect(await ended(shop)).toMatchObject({ error: null, count: 1, verified: true })
})

test('a backup is given up when the disk fills up meanwhile, and leaves nothing behind', async ({ skip }) => {
  const { app } = context
  const { fill, path } = await moveToSmallDisk(300, skip)
  await app.start()
  const shop = await app.openShop()
  const pid = await startAndFreeze(shop)
  fill(20 * 1024 * 1024)
  expect(await ended(shop)).toMatchObject({ error: expect.stringContaining('备份已中止') })
  expect(isAlive(pid)).toBe(false)
  expect(unfinished(path)).toEqual([])
  expect(await tryToSend(app, shop, orderMessage('after'))).toBe(true)
})

test('what a killed backup leaves is removed by the next start, and does not disturb the next backup', async () => {
  const { app } = context
  const shop = await app.openShop()
  const pid = await startAndFreeze(shop)
  await app.kill9()
  await eventually(() => {
    process.kill(pid, 'SIGCONT')
    return !isAlive(pid)
  }).catch(() => {})
  for (const name of ['gobox.part', 'gobox.part-journal', 'gobox-2026-11-24T19-00-00.db.part'])
    writeFileSync(join(app.folder, 'backups', name), 'half')
  await app.start()
  await eventually(() => unfinished().length === 0)
  await ask('POST', shop)
  expect(await ended(shop)).toMatchObject({ error: null, verified: true })
  expect(unfinished()).toEqual([])
})

test('SIGTERM does not wait for a backup', async () => {
  const { app } = context
  const shop = await app.openShop()
  const pid = await startAndFreeze(shop)
  const begin = performance.now()
  expect(await app.end('SIGTERM')).toBe(0)
  expect(performance.now() - begin).toBeLessThan(8000)
  expect(isAlive(pid)).toBe(false)
  expect(unfinished()).toEqual([])
  await app.start()
})

test('one is made at a time, whoever asks', async () => {
  const { app } = context
  const shop = await app.openShop()
  const pid = await startAndFreeze(shop)
  expect(await ask('POST', shop)).toMatchObject({ status: 409, body: { code: 'backup_running' } })
  process.kill(pid, 'SIGCONT')
  expect(await ended(shop)).toMatchObject({ error: null, progress: null })

  // As another process holds it while it makes one.
  const lock = lockBackups(app.folder)
  const refused = { code: 1, output: expect.stringContaining('没有备份：另一个备份正在进行') as string }
  expect(await runScript('backup', app.folder)).toEqual(refused)
  await ask('POST', shop)
  expect(await ended(shop)).toMatchObject({ error: expect.stringContaining('另一个备份正在进行') })
  lock.close()
  await ask('POST', shop)
  expect(await ended(shop)).toMatchObject({ error: null })
})

test('backups may be on another file system, and are restored from there', async ({ skip }) => {
  const elsewhere = existsSync('/dev/shm') ? mkdtempSync('/dev/shm/gobox-backups-') : undefined
  skip(!elsewhere || statSync(elsewhere).dev === statSync(context.app.folder).dev, 'there is no second file system')
  const app = await App.start({ NUXT_BACKUP_DIR: join(elsewhere!, 'deep') })
  try {
    const shop = await app.openShop()
    await app.receive(shop, 'before')
    await ask('POST', shop, app)
    const { count, folder } = await ended(shop, app)
    expect({ count, folder }).toEqual({ count: 1, folder: join(elsewhere!, 'deep') })
    const [name] = files(folder)
    expect(statSync(join(folder, name!)).mode & 0o777).toBe(0o600)
    await app.receive(shop, 'after')
    await app.end('SIGTERM')
    expect((await runScript('restore', app.folder, [join(folder, name!)])).code).toBe(0)
    await app.start()
    expect(app.rows('SELECT trans_id FROM orders')).toEqual([{ trans_id: 'before' }])
    expect(existsSync(join(app.folder, 'backups'))).toBe(false)
  } finally {
    await app.close()
    rmSync(elsewhere!, { recursive: true })
  }
})

const drilled = (app: App, shop: Shop) =>
  eventually(async () => {
    const { drill } = (await ask('GET', shop, app)).body
    return drill.at !== null && drill
  })

test('once a week the newest backup is restored for trial, and a bad one is found', async () => {
  const clock = new Clock(startOfDay(Date.now()) + DAY + 12 * HOUR, 120)
  const app = await App.start({ ...clock.settings, NUXT_UPSTREAM_TIMEOUT: '600000' })
  try {
    const shop = await app.openShop()
    await app.receive(shop, 'T-1')
    await ask('POST', shop, app)
    expect(await drilled(app, shop)).toEqual({
      at: expect.any(String),
      ok: true,
      detail: expect.stringMatching(/^gobox-.+\.db：1 个订单、0 个货柜、1 个账套$/),
    })
    expect(existsSync(join(app.folder, 'drill'))).toBe(false)

    // A week later the file has lost a row; ten minutes of this clock take five seconds.
    const [name] = files(join(app.folder, 'backups'))
    const database = new Database(join(app.folder, 'backups', name!))
    database.exec('DELETE FROM orders')
    database.close()
    const state = join(app.folder, 'backups.json')
    const status = JSON.parse(readFileSync(state, 'utf8')) as { drill: { at: number } }
    status.drill.at -= 7 * DAY
    writeFileSync(state, JSON.stringify(status))
    const bad = await eventually(async () => {
      const { drill } = (await ask('GET', shop, app)).body
      return drill.ok === false && drill
    })
    expect(bad.detail).toMatch(/行数和备份时不一样/)
    expect(existsSync(join(app.folder, 'drill'))).toBe(false)
  } finally {
    await app.close()
    clock.remove()
  }
})

afterAll(() => disk?.unmount())
