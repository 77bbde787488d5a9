import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { startOfDay } from '../../sandbox/shop.ts'
import { backUp } from '../../server/storage/sqlite/backup.ts'
import { restore } from '../../server/storage/sqlite/restore.ts'
import { WrongSetting } from '../../server/config.ts'
import { App, orderMessage, useApp } from '../api/server.ts'
import { Clock, DAY, HOUR } from './clock.ts'
import { eventually, expectIntact, expectOneDocumentEach, rounds, runScript, tryToSend } from './setup.ts'

const context = useApp()

const run = (script: string, ...args: string[]) => runScript(script, context.app.folder, args)

const backups = () =>
  readdirSync(join(context.app.folder, 'backups'))
    .filter((name) => /^gobox-\d.*\.db$/.test(name))
    .sort()
const newest = () => join(context.app.folder, 'backups', backups().at(-1)!)

test('a backup under load holds everything acknowledged before it, and restores', async () => {
  const { app } = context
  const shop = await app.openShop()
  await app.addDevice(shop)
  const imported = `${shop.name}-imported-after-the-backup`
  const importOne = async () =>
    app.ask(`POST /api/orders/${(await app.findOrder(shop, imported))!.id}?action=import`, { token: shop.token })
  await app.receive(shop, imported)
  const acknowledged: string[] = []
  let isOver = false
  const clients = Array.from({ length: 8 }, async (_, client) => {
    for (let index = 0; !isOver; index++) {
      const transId = `${shop.name}-${client}-${index}`
      if (await tryToSend(app, shop, orderMessage(transId))) acknowledged.push(transId)
    }
  })
  let before: string[] = []
  for (let round = 0; round < rounds(1, 5); round++) {
    const already = acknowledged.length
    await eventually(() => acknowledged.length > already + 50)
    before = [...acknowledged]
    expect(await run('backup')).toEqual({ code: 0, output: expect.stringContaining('已备份并检查') as string })
    expect(acknowledged.length, 'the webhook went on meanwhile').toBeGreaterThan(before.length)
  }
  const backup = newest()
  expect(statSync(backup).mode & 0o777).toBe(0o600)
  isOver = true
  await Promise.all(clients)

  expect(await run('restore', backup)).toEqual({
    code: 1,
    output: expect.stringMatching(/没有恢复：数据目录 .* 正被另一个 goBox 进程使用/) as string,
  })
  expect(await tryToSend(app, shop, orderMessage(`${shop.name}-after`))).toBe(true)

  expect((await importOne()).status).toBe(200)
  await app.end('SIGTERM')
  expect(await run('restore', backup)).toEqual({ code: 0, output: expect.stringContaining('已恢复') as string })
  await app.start()
  expectIntact(app)
  const stored = new Set(app.rows<{ trans_id: string }>('SELECT trans_id FROM orders').map((row) => row.trans_id))
  expect(before.filter((transId) => !stored.has(transId))).toEqual([])
  expect(stored.has(`${shop.name}-after`)).toBe(false)
  // Keys go on working; who was logged in when the backup was made need not be any more.
  expect((await app.ask('GET /api/set_of_books', { token: shop.token })).status).toBe(401)
  shop.token = (await app.logIn(shop.name, 15)).token
  expect(await tryToSend(app, shop, orderMessage(`${shop.name}-again`))).toBe(true)
  // The backup does not know of the document that C8 has.
  expect(await app.findOrder(shop, imported)).toMatchObject({ import_state: 'idle' })
  expect((await importOne()).status).toBe(200)
  await expectOneDocumentEach(app, shop, [imported])

  // What was replaced is kept, whole.
  const aside = readdirSync(app.folder).find((name) => /^replaced-.*\.db$/.test(name))!
  await app.end('SIGTERM')
  expect((await run('restore', join(app.folder, aside))).code).toBe(0)
  await app.start()
  shop.token = (await app.logIn(shop.name, 15)).token
  expect(await app.findOrder(shop, `${shop.name}-after`)).toBeDefined()
})

test('a damaged or foreign file is not restored, and the database stays as it was', async () => {
  const { app } = context
  const shop = await app.openShop()
  await app.receive(shop, `${shop.name}-1`)
  await app.end('SIGTERM')
  const whole = readFileSync(backUp(app.folder, Date.now()))
  const damaged = join(app.folder, 'damaged.db')
  const middle = Buffer.from(whole)
  middle.fill(0x5a, 4096 * 3, 4096 * 6)
  for (const bytes of [whole.subarray(0, whole.length / 2), middle, Buffer.from('not a database'), Buffer.alloc(0)]) {
    writeFileSync(damaged, bytes)
    expect(() => restore(app.folder, damaged, Date.now())).toThrow(WrongSetting)
  }
  expect(await run('restore', join(app.folder, 'not there.db'))).toEqual({
    code: 1,
    output: expect.stringContaining('没有恢复') as string,
  })
  await app.start()
  expect(await app.findOrder(shop, `${shop.name}-1`)).toBeDefined()
})

test('of the last days, weeks and months the newest backup is kept, and files of others stay', () => {
  const { app } = context
  const foreign = join(app.folder, 'backups', 'gobox-copy.db')
  mkdirSync(join(app.folder, 'backups'), { recursive: true })
  writeFileSync(foreign, '')
  const begin = Date.parse('2027-01-01T00:00:00Z')
  for (let day = 0; day < 20; day++) backUp(app.folder, begin + day * 86_400_000)
  // The days from the 14th on, the Sundays before (the week begins with Monday), the last of the month before.
  expect(backups().filter((name) => name.startsWith('gobox-2027'))).toEqual(
    ['03', '10', '14', '15', '16', '17', '18', '19', '20'].map((day) => `gobox-2027-01-${day}T00-00-00.db`),
  )
  expect(existsSync(foreign)).toBe(true)
})

test('a backup is made at night by itself, while the webhook goes on', async () => {
  // Ten minutes of the shop, after which the app looks for the first time, in five seconds, and ten minutes for an
  // upstream, too.
  const clock = new Clock(startOfDay(Date.now()) + DAY + 3 * HOUR, 120)
  const app = await App.start({ ...clock.settings, NUXT_UPSTREAM_TIMEOUT: '600000' })
  try {
    const folder = join(app.folder, 'backups')
    const shop = await app.openShop()
    expect(await tryToSend(app, shop, orderMessage('before'))).toBe(true)
    const name = await eventually(
      () => existsSync(folder) && (readdirSync(folder).find((file) => /^gobox-.*\.db$/.test(file)) ?? false),
    )
    const copy = new Database(join(folder, String(name)), { readonly: true })
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(copy.prepare('SELECT trans_id FROM orders').pluck().all()).toEqual(['before'])
    copy.close()
    expect(await tryToSend(app, shop, orderMessage('after'))).toBe(true)
    await eventually(() => app.output.includes('backed up'))
  } finally {
    await app.close()
    clock.remove()
  }
})
