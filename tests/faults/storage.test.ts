import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { randomFrom } from '../../sandbox/shop.ts'
import { orderMessage, useApp, type Fields, type Shop } from '../api/server.ts'
import { eventually, expectIntact, expectOneDocumentEach, orderRows, queue, rounds, seed, untilIdle } from './setup.ts'

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
