import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { orderMessage, useApp, type Shop } from '../api/server.ts'
import { backUp, eventually, expectIntact, runScript, tryToSend } from './setup.ts'

const context = useApp()

const path = (name = 'gobox.db') => join(context.app.folder, name)
const run = (script: string, ...args: string[]) => runScript(script, context.app.folder, args)
const restore = (file: string) => run('restore', file)

/** Writes over a place of the database's file. */
function overwrite(at: number, bytes: Buffer) {
  const file = openSync(path(), 'r+')
  writeSync(file, bytes, 0, bytes.length, at)
  closeSync(file)
}

const pages = () => statSync(path()).size / 4096

const damages: [name: string, damage: () => void][] = [
  ['its header is broken', () => overwrite(0, Buffer.from('no database at all'))],
  ['its first page is zeroed', () => overwrite(0, Buffer.alloc(4096))],
  ['a page in the middle is zeroed', () => overwrite(4096 * Math.floor(pages() / 2), Buffer.alloc(4096))],
  ['half of it is missing', () => truncateSync(path(), 4096 * Math.floor(pages() / 2))],
  ['it is a few bytes long', () => writeFileSync(path(), 'half a line')],
  ['it is empty', () => truncateSync(path(), 0)],
  ['it is gone', () => rmSync(path())],
]

/** Fills the database with enough that every page of it has something to say. */
async function fill(shop: Shop) {
  for (let index = 0; index < 40; index++) await context.app.receive(shop, `${shop.name}-${index}`)
}

test.for(damages)('when %s, the start says in one sentence what to do, and that works', async ([, damage]) => {
  const { app } = context
  const shop = await app.openShop()
  await fill(shop)
  const backup = await backUp(app)
  await app.end('SIGTERM')
  damage()

  await expect(app.start()).rejects.toThrow('the app did not start')
  expect(await app.end('SIGTERM')).toBe(1)
  expect(app.output).toMatch(/^goBox 没有启动：[^\n]+\n$/)
  const [, remedy] = /npm run restore -- (\S+)/.exec(app.output) ?? []
  expect(existsSync(remedy!) ? remedy : backup).toBe(backup)

  // Neither the other commands know more than one sentence.
  for (const script of ['backup', 'rotate-key']) {
    const { code, output } = await run(script)
    expect(code).toBe(1)
    expect(output).not.toMatch(/\n\s+at /)
  }

  const { code, output } = await restore(backup)
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('已恢复') })
  await app.start()
  expectIntact(app)
  expect(app.rows('SELECT count(*) AS n FROM orders WHERE set_of_book_id = ?', shop.id)).toEqual([{ n: 40 }])
})

test('a damaged database is put aside as it is', async () => {
  const { app } = context
  const shop = await app.openShop()
  await app.receive(shop, `${shop.name}-1`)
  const backup = await backUp(app)
  await app.kill9()
  overwrite(0, Buffer.from('broken'))
  for (const suffix of ['', '-wal']) copyFileSync(path() + suffix, path(`as-it-was${suffix}`))
  const { output } = await restore(backup)
  const [, aside] = /原来的数据库在 (.+)。/.exec(output)!
  for (const suffix of ['', '-wal'])
    expect(spawnSync('cmp', [aside! + suffix, path(`as-it-was${suffix}`)]).status, suffix).toBe(0)
  for (const suffix of ['', '-wal']) rmSync(path(`as-it-was${suffix}`))
  await app.start()
})

test('after a kill, what the WAL of the replaced database holds does not get into the restored one', async () => {
  const { app } = context
  const shop = await app.openShop()
  await app.receive(shop, `${shop.name}-before`)
  const backup = await backUp(app)
  for (let index = 0; index < 20; index++) await app.receive(shop, `${shop.name}-after-${index}`)
  await app.kill9()
  expect(statSync(path('gobox.db-wal')).size).toBeGreaterThan(0)
  const { output } = await restore(backup)
  await app.start()
  expectIntact(app)
  expect(app.rows('SELECT trans_id FROM orders WHERE set_of_book_id = ?', shop.id)).toEqual([
    { trans_id: `${shop.name}-before` },
  ])
  // What was put aside holds all of it, and can be restored in its turn.
  const [, aside] = /原来的数据库在 (.+)。/.exec(output)!
  await app.end('SIGTERM')
  expect((await restore(aside!)).code).toBe(0)
  await app.start()
  expectIntact(app)
  expect(app.rows('SELECT count(*) AS n FROM orders WHERE set_of_book_id = ?', shop.id)).toEqual([{ n: 21 }])
})

test('cut off at any file that it renames, it is finished by the next start or changes nothing', async () => {
  const { app } = context
  const shop = await app.openShop()
  await app.receive(shop, `${shop.name}-before`)
  const backup = await backUp(app)
  await app.receive(shop, `${shop.name}-after`)
  const module = fileURLToPath(new URL('../../server/storage/sqlite/restore.ts', import.meta.url))
  for (let renames = 0, outcome = ''; outcome !== 'complete'; renames++) {
    await app.kill9()
    // Dies like by a power cut before the nth rename.
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        '--import',
        `data:text/javascript,${encodeURIComponent(`
          import fs from 'node:fs'
          import { syncBuiltinESMExports } from 'node:module'
          const { renameSync } = fs
          let left = ${renames}
          fs.renameSync = (...names) => {
            if (String(names[0]).includes('gobox.db') && left-- === 0) process.kill(process.pid, 'SIGKILL')
            renameSync(...names)
          }
          syncBuiltinESMExports()`)}`,
        '--input-type=module',
        '-e',
        `const { restore } = await import(${JSON.stringify(module)})
         restore(${JSON.stringify(app.folder)}, ${JSON.stringify(backup)}, Date.now()); console.log('complete')`,
      ],
      { encoding: 'utf8' },
    )
    expect(stderr).toBe('')
    outcome = stdout.trim()
    await app.start()
    expectIntact(app)
    const stored = app.rows<{ trans_id: string }>(
      'SELECT trans_id FROM orders WHERE set_of_book_id = ? ORDER BY id',
      shop.id,
    )
    const restored = [{ trans_id: `${shop.name}-before` }]
    const untouched = [...restored, { trans_id: `${shop.name}-after` }]
    expect([restored, untouched]).toContainEqual(stored)
    if (outcome === 'complete') expect(stored).toEqual(restored)
    expect(readdirSync(app.folder).filter((name) => name.includes('restor') && !name.endsWith('.json'))).toEqual([])
    expect(await tryToSend(app, shop, orderMessage(`${shop.name}-after`))).toBe(true)
  }
})

test('without the key of the backup it is restored, and says that the key is missing', async () => {
  const { app } = context
  const shop = await app.openShop()
  const backup = await backUp(app)
  await app.end('SIGTERM')
  renameSync(path('secret.key'), path('.kept'))
  const { code, output } = await restore(backup)
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/请放回备份时的 secret\.key/) })
  renameSync(path('.kept'), path('secret.key'))
  await app.start()
  expect(await tryToSend(app, shop, orderMessage(`${shop.name}-1`))).toBe(true)
})

test('the log of changes is cut back after a long reader has made it grow', async () => {
  const { app } = context
  const shop = await app.openShop()
  const size = () => statSync(path('gobox.db-wal')).size
  const reader = new Database(path(), { readonly: true })
  const rows = reader.prepare('SELECT * FROM orders').iterate()
  await app.receive(shop, `${shop.name}-0`)
  rows.return?.()
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM orders').get()
  let count = 0
  const sendMany = () =>
    Promise.all(
      Array.from({ length: 64 }, () =>
        tryToSend(app, shop, {
          ...orderMessage(`${shop.name}-${++count}`),
          products: Array.from({ length: 60 }, (_, index) => ({
            barcode: String(index),
            name: 'x'.repeat(200),
            num: 1,
            amount: 1,
            cost: 1,
          })),
        }),
      ),
    )
  while (size() < 40 * 1024 * 1024) await sendMany()
  reader.exec('COMMIT')
  reader.close()
  await eventually(async () => {
    await sendMany()
    return size() <= 16 * 1024 * 1024 + 64 * 4096
  })
})
