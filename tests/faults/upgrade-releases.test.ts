import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useApp } from '../api/server.ts'
import { loadRelease, RELEASE_KEY, RELEASE_LOCAL_TOKEN, RELEASE_SESSION, RELEASES } from './releases/load.ts'
import { expectIntact, runScript } from './setup.ts'

const context = useApp({ NUXT_SECRET_KEY: RELEASE_KEY })

interface Migrated {
  msg: string
  before: object
  after: object
  back: string
}

describe.each(RELEASES)('a data folder of %s', (version) => {
  it('is backed up, migrated and used, and the log tells its rows and the way back', async () => {
    const { app } = context
    await app.end('SIGTERM')
    for (const end of ['', '-wal', '-shm']) rmSync(join(app.folder, `gobox.db${end}`), { force: true })
    loadRelease(version, app.folder)
    await app.start()

    await expect.poll(() => app.output).toContain('"database migrated"}\n')
    const lines = app.output.split('\n').filter((line) => line.includes('"database migrated"'))
    const [{ before, after, back }] = lines.map((line) => JSON.parse(line) as Migrated) as [Migrated]
    const rows = { orders: 4, devices: 1, set_of_books: 1 }
    expect({ before, after }).toEqual({ before: rows, after: rows })
    const [, backup] = /^npm run restore -- (\S+)$/.exec(back)!
    expect(existsSync(backup!)).toBe(true)

    const token = RELEASE_SESSION
    const { body } = await app.ask<{ root: object[] }>('GET /api/orders?action=trade_view', { token })
    expect(body.root).toMatchObject([
      { trans_id: 'T-4', import_state: 'failed' },
      { trans_id: 'T-3', import_state: 'idle' },
      { trans_id: 'T-2', import_state: 'imported', retail_id: 2 },
      { trans_id: 'T-1', import_state: 'imported', retail_id: 1 },
    ])
    expect((await app.ask('GET /api/set_of_books', { token })).body).toMatchObject({ token: RELEASE_LOCAL_TOKEN })
    expectIntact(app)

    expect((await runScript('backup', app.folder)).code).toBe(0)
    expect(existsSync(backup!), 'the day’s newest does not take its place').toBe(true)

    await app.restart()
    expect(app.output).not.toContain('database migrated')
  })
})
