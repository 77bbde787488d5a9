import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { orderMessage, useApp, type Fields, type Shop } from '../api/server.ts'
import { eventually, mountSmallDisk } from './setup.ts'

const context = useApp()

const send = (shop: Shop, transId: string, changes: Fields = {}) =>
  context.app.ask('POST /api/create_order', { token: shop.localToken, body: { ...orderMessage(transId), ...changes } })

const health = async () => (await context.app.ask('GET /api/health')).status

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
