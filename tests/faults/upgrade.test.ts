import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { useApp, type Shop } from '../api/server.ts'
import { eventually, expectIntact, rounds } from './setup.ts'

const later = fileURLToPath(new URL('upgrade-child.ts', import.meta.url))
const ORDERS = rounds(22_000, 150_000)

const context = useApp()

const count = (table: string) => context.app.rows<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)[0]!.n
const backups = () =>
  existsSync(join(context.app.folder, 'backups')) ? readdirSync(join(context.app.folder, 'backups')).sort() : []

/** Fills the stopped app's database with orders (more than SQLite's cache holds), each with an entry in its history. */
function fill(shop: Shop) {
  const database = new Database(join(context.app.folder, 'gobox.db'))
  database.exec(`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ORDERS})
    INSERT INTO orders (set_of_book_id, trans_id, status, e_id, dev_id, create_time, update_time, total_amount, products, created_at, created_user)
      SELECT ${shop.id}, 'L' || i, 100, 'E', 1, i, i, 350, '[{"barcode":"6921168000012","name":"' || printf('%.*c', 900, 'x') || '","num":1,"amount":350,"cost":null}]', i, 'goBox' FROM n;
    INSERT INTO order_events (order_id, sequence, at, user, event) SELECT id, 1, 1, 'goBox', 'changed' FROM orders;
  `)
  database.close()
}

/** Starts the later release, whose migration comes no further than after so many statements, and kills it there. */
async function killAfter(statements: number) {
  const { app } = context
  const log = join(app.folder, 'gobox.db-wal')
  const size = () => statSync(log, { throwIfNoEntry: false })?.size ?? 0
  const child = spawn(process.execPath, [later, app.folder, String(statements)], { stdio: 'ignore' })
  await eventually(() => child.exitCode !== null || size() > 1_000_000)
  for (let last = -1; last !== size(); await sleep(300)) last = size()
  expect(child.exitCode, 'the migration is still under way').toBe(null)
  child.kill('SIGKILL')
  await once(child, 'close')
}

test('a migration killed in the middle leaves the database of before; run to its end, it keeps every row, and the older release refuses it', async () => {
  const { app } = context
  const shop = await app.openShop()
  await app.end('SIGTERM')
  fill(shop)
  for (const statements of [2, 4].slice(-rounds(1, 2))) {
    await killAfter(statements)
    expect(app.rows("SELECT name FROM pragma_table_info('orders') WHERE name = 'added'")).toEqual([])
    expectIntact(app)
    expect({ orders: count('orders'), events: count('order_events') }).toEqual({ orders: ORDERS, events: ORDERS })
  }
  await app.start()
  await app.receive(shop, 'after the kill')
  await app.end('SIGTERM')

  const before = backups()
  const whole = spawnSync(process.execPath, [later, app.folder], { encoding: 'utf8' })
  expect(whole).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/database migrated.*"back":"npm run restore -- [\s\S]*done\n$/) as string,
  })
  expect(app.rows('SELECT added FROM orders LIMIT 1')).toEqual([{ added: 7 }])
  expect({ orders: count('orders'), events: count('order_events') }).toEqual({ orders: ORDERS + 1, events: ORDERS })
  expectIntact(app)

  // The backup of before the migration.
  const made = backups().filter((name) => !before.includes(name))
  expect(made.length).toBe(1)
  const copy = new Database(join(app.folder, 'backups', made[0]!), { readonly: true })
  expect(copy.prepare('SELECT count(*) FROM orders').pluck().get()).toBe(ORDERS + 1)
  copy.close()

  const modified = statSync(join(app.folder, 'gobox.db')).mtimeMs
  await expect(app.start()).rejects.toThrow(
    /goBox 没有启动：数据库由更新版本的 goBox 写成，请换回那个版本，或恢复升级前的备份/,
  )
  expect(statSync(join(app.folder, 'gobox.db')).mtimeMs).toBe(modified)

  const restored = spawnSync(
    process.execPath,
    [fileURLToPath(new URL('../../scripts/restore.ts', import.meta.url)), join(app.folder, 'backups', made[0]!)],
    { encoding: 'utf8', env: { ...process.env, NUXT_DATA_DIR: app.folder } },
  )
  expect(restored).toMatchObject({ status: 0, stderr: '' })
  await app.start()
  shop.token = (await app.logIn(shop.name, 15)).token
  expect(await app.findOrder(shop, 'after the kill')).toMatchObject({ status: 100 })
})
