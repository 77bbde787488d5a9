import { spawnSync } from 'node:child_process'
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { randomFrom } from '../../sandbox/shop.ts'
import { orderMessage, useApp, type Fields, type Shop } from '../api/server.ts'
import {
  eventually,
  expectIntact,
  expectOneDocumentEach,
  mountSmallDisk,
  orderRows,
  queue,
  rounds,
  seed,
  untilIdle,
} from './setup.ts'

const context = useApp()

const send = (shop: Shop, transId: string, changes: Fields = {}) =>
  context.app.ask('POST /api/create_order', { token: shop.localToken, body: { ...orderMessage(transId), ...changes } })

const health = async () => (await context.app.ask('GET /api/health')).status

/** Ways to keep a running app from writing, that end without touching it. */
interface Obstacle {
  begin: () => void
  end: () => void
}

/** The kernel refuses the process any further byte in a file, as a full disk does. */
const noSpace: Obstacle = {
  begin: () => limitFileSize('0:'),
  end: () => limitFileSize('unlimited:'),
}

function limitFileSize(limits: string) {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(context.app.pid), `--fsize=${limits}`])
  if (status !== 0) throw new Error(String(stderr))
}

const files = () => ['gobox.db', 'gobox.db-wal'].map((name) => join(context.app.folder, name))
const chattr = (flag: string, paths: string[]) => spawnSync('chattr', [flag, ...paths]).status === 0

/** Not even root, nor who has opened the files before, may write to them. */
const readOnly: Obstacle = {
  begin: () => expect(chattr('+i', files())).toBe(true),
  end: () => expect(chattr('-i', files())).toBe(true),
}

let holder: Database.Database

/** Somebody else holds the database's write lock. */
const locked: Obstacle = {
  begin: () => {
    holder = new Database(join(context.app.folder, 'gobox.db'))
    holder.exec('BEGIN IMMEDIATE')
  },
  end: () => holder.close(),
}

const obstacles: [name: string, obstacle: Obstacle][] = [
  ['the disk is full', noSpace],
  ['the database is locked', locked],
]

async function holdWithout({ begin, end }: Obstacle) {
  const { app } = context
  const shop = await app.openShop()
  const before = await app.receive(shop, `${shop.name}-before`)
  const { pid } = app
  // As it is after a while: the next use of the session would move its end on.
  app.change('UPDATE sessions SET expires_at = expires_at - 600000')
  begin()
  try {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => send(shop, `${shop.name}-${index}`)))
    expect(answers.map(({ status, body }) => [status, body.status])).toEqual(answers.map(() => [503, 0]))
    expect((await send(shop, `${shop.name}-before`, { status: 103, update_time: '2026-11-21 10:00:00' })).status).toBe(
      503,
    )
    await eventually(async () => (await health()) === 503)
    await eventually(() => /"code":"SQLITE_\w+"/.test(app.output))
    const read = await app.ask(`GET /api/orders/${before}`, { token: shop.token })
    expect({ status: read.status, order: read.body.status }).toEqual({ status: 200, order: 100 })
  } finally {
    end()
  }
  expect((await send(shop, `${shop.name}-after`)).status).toBe(200)
  await eventually(async () => (await health()) === 200)
  expect(app.pid).toBe(pid)
  expect(orderRows(app, shop).map((row) => row.trans_id)).toEqual([`${shop.name}-before`, `${shop.name}-after`])
  expectIntact(app)
}

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0
if (!hasPrlimit) console.warn('prlimit (util-linux) is not there: the tests of a full disk are skipped')

test.for(obstacles)(
  'while %s, goBox hears a failure and reading goes on; afterwards all is well without a restart',
  async ([, obstacle], { skip }) => {
    skip(obstacle === noSpace && !hasPrlimit, 'prlimit is not there')
    await holdWithout(obstacle)
  },
)

test('while the database is read-only, goBox hears a failure and reading goes on; afterwards all is well without a restart', async ({
  skip,
}) => {
  const { app } = context
  const probe = join(app.folder, 'gobox.lock')
  skip(
    !chattr('+i', [probe]),
    'chattr +i is not there or not allowed, so the files of a running app cannot be made read-only',
  )
  chattr('-i', [probe])
  await holdWithout(readOnly)
})

test.runIf(hasPrlimit)(
  'a disk that fills up under load: no false success, and what was acknowledged is there',
  async () => {
    const { app } = context
    const random = randomFrom(seed)
    const shop = await app.openShop()
    for (let round = 0; round < rounds(2, 20); round++) {
      const acknowledged = new Set<string>()
      const refused = new Set<string>()
      let isOver = false
      const clients = Array.from({ length: 8 }, async (_, client) => {
        for (let index = 0; !isOver; index++) {
          const transId = `${shop.name}-${round}-${client}-${index}`
          const { status } = await send(shop, transId)
          expect([200, 503]).toContain(status)
          ;(status === 200 ? acknowledged : refused).add(transId)
        }
      })
      try {
        await eventually(() => acknowledged.size > 20)
        // The log is written from its beginning again and again: at some commit it comes to this place.
        limitFileSize(`${Math.floor(random() * statSync(join(app.folder, 'gobox.db-wal')).size)}:`)
        await eventually(() => refused.size > 20)
      } finally {
        noSpace.end()
      }
      const taken = acknowledged.size
      await eventually(() => acknowledged.size > taken)
      isOver = true
      await Promise.all(clients)
      const stored = new Set(orderRows(app, shop).map((row) => row.trans_id))
      expect([...acknowledged].filter((transId) => !stored.has(transId))).toEqual([])
      expect([...refused].filter((transId) => stored.has(transId))).toEqual([])
    }
    expectIntact(app)
  },
)

test.runIf(hasPrlimit)(
  'a disk that is full when C8 has created the document: one document, finished once there is space',
  async () => {
    const { app } = context
    const shop = await app.openShop()
    await app.addDevice(shop)
    const transIds = ['a', 'b', 'c'].map((name) => `${shop.name}-${name}`)
    const ids: number[] = []
    for (const transId of transIds) ids.push(await app.receive(shop, transId))
    await app.sandbox.control.latency({ 'c8.retail_create': 500 })
    await queue(app, shop, ids)
    await eventually(async () => (await app.sandbox.control.calls('c8.retail_create')).length === 3)
    noSpace.begin()
    try {
      await eventually(
        async () =>
          (await app.sandbox.control.documents()).filter((document) => document.source_id.startsWith(shop.name))
            .length === 3,
      )
      await eventually(async () => (await health()) === 503)
    } finally {
      noSpace.end()
      await app.sandbox.control.latency({})
    }
    await untilIdle(app, shop)
    await expectOneDocumentEach(app, shop, transIds)
  },
)

test('a file system that is really full: goBox hears a failure, health says so before, and space is enough to go on', async ({
  skip,
}) => {
  const { app } = context
  const mount = ['unshare', '-m', 'sh', '-c', `mount -t tmpfs -o size=128m tmpfs ${app.folder} && exec "$@"`, '-']
  skip(spawnSync(mount[0]!, [...mount.slice(1), 'true']).status !== 0, 'mounting a small file system takes root')
  await app.end('SIGTERM')
  // The file system is the process's own, and goes with it.
  app.wrap = mount
  await app.start()
  app.wrap = []
  const filler = `/proc/${app.pid}/root${app.folder}/filler`
  const fill = (size: string) => spawnSync('fallocate', ['-l', size, filler])
  const shop = await app.openShop()
  expect((await send(shop, `${shop.name}-1`)).status).toBe(200)
  fill('40m')
  await eventually(async () => (await health()) === 503)
  expect((await send(shop, `${shop.name}-2`)).status).toBe(200)
  const reason = await app.ask('GET /api/health')
  expect(reason.body.errmsg).toMatch(/磁盘快满了/)
  for (let size = 128; fill(`${size}m`).status !== 0; size--);
  spawnSync('sh', ['-c', `cat /dev/zero > '${filler}.rest'`])
  let tries = 0
  const refused = await eventually(async () => {
    const { status } = await send(shop, `${shop.name}-3-${++tries}`)
    return status !== 200 && status
  })
  expect(refused).toBe(503)
  expect((await app.ask('GET /api/orders?action=trade_view', { token: shop.token })).status).toBe(200)
  rmSync(filler)
  rmSync(`${filler}.rest`)
  expect((await send(shop, `${shop.name}-4`)).status).toBe(200)
  await eventually(async () => (await health()) === 200)
  const { body } = await app.ask<{ root: { trans_id: string }[] }>('GET /api/orders?action=trade_view', {
    token: shop.token,
  })
  expect(body.root.map((row) => row.trans_id)).toEqual(
    expect.arrayContaining([1, 2, 4].map((number) => `${shop.name}-${number}`)),
  )
})

test.for(['SIGTERM', 'SIGKILL'] as const)(
  'a start on a disk that is full since a %s: everything can be read, nothing is stored; with space all is well by itself',
  async (signal, { skip }) => {
    const { app } = context
    await app.end('SIGTERM')
    const disk = await mountSmallDisk(app.folder, 128)
    skip(!disk, 'mounting a small file system takes root')
    const { wrap, path, fill, empty, unmount } = disk!
    app.wrap = wrap
    try {
      await app.start()
      const shop = await app.openShop()
      const id = await app.receive(shop, `${shop.name}-1`)
      await app.end(signal)
      fill()
      await app.start('/api/health/live')
      const read = await app.ask(`GET /api/orders/${id}`, { token: shop.token })
      expect({ status: read.status, trans_id: read.body.trans_id }).toEqual({ status: 200, trans_id: `${shop.name}-1` })
      expect((await app.ask('GET /api/orders?action=trade_view', { token: shop.token })).status).toBe(200)
      const refused = await eventually(async () => {
        const { status, body } = await send(shop, `${shop.name}-2`, { name: 'x'.repeat(1000) })
        return status !== 200 && { status, body }
      })
      expect(refused).toMatchObject({
        status: 503,
        body: { status: 0, errmsg: expect.stringContaining('磁盘可能已满') },
      })
      const { status, body } = await app.ask('GET /api/health')
      expect({ status, errmsg: body.errmsg }).toEqual({ status: 503, errmsg: expect.stringMatching(/磁盘/) })
      const { pid } = app
      empty()
      await eventually(async () => (await health()) === 200)
      expect((await send(shop, `${shop.name}-3`)).status).toBe(200)
      // Others may read beside it again, such as a backup.
      expect((await app.ask('POST /api/backups', { token: shop.token })).status).toBe(200)
      await eventually(async () => {
        const { body: backups } = await app.ask('GET /api/backups', { token: shop.token })
        if (backups.status === 'idle' && backups.error !== null)
          await app.ask('POST /api/backups', { token: shop.token })
        return backups.status === 'idle' && backups.count === 1
      })
      expect(app.pid).toBe(pid)
      expect(await app.end('SIGTERM')).toBe(0)
      const database = new Database(join(path, 'gobox.db'))
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
      database.close()
    } finally {
      await app.end('SIGKILL')
      unmount()
      app.wrap = []
      await app.start()
    }
  },
)

test('SIGTERM on a full disk ends it in order', async ({ skip }) => {
  skip(!hasPrlimit, 'prlimit is not there')
  const { app } = context
  const shop = await app.openShop()
  await send(shop, `${shop.name}-1`)
  noSpace.begin()
  expect((await send(shop, `${shop.name}-2`)).status).toBe(503)
  expect(await app.end('SIGTERM')).toBe(0)
  await app.start()
  expectIntact(app)
})
