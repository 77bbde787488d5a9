import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readMigrations } from '#drizzle/migrations'
import { openSqlite } from '#server/storage/sqlite/open'
import { makeFolder } from '../../with-storage.ts'

const migrations = readMigrations('sqlite')
let folder: string
beforeEach(() => {
  folder = makeFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a data folder', () => {
  it('is made for its owner alone, and every file in it', async () => {
    const path = join(folder, 'deep', 'data')
    const storage = openSqlite(path, migrations)
    await storage.probe()
    expect(statSync(path).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(path)) expect([name, statSync(join(path, name)).mode & 0o077]).toEqual([name, 0])
    await storage.close()
  })

  it('keeps what is acknowledged through a power cut: WAL, synced at each commit, with foreign keys', async () => {
    const { sqlite, close } = openSqlite(folder, migrations)
    expect(
      ['journal_mode', 'synchronous', 'foreign_keys'].map((name) => sqlite.pragma(name, { simple: true })),
    ).toEqual(['wal', 2, 1])
    await close()
  })

  it('is refused to a second opener until the first lets go', async () => {
    const first = openSqlite(folder, migrations)
    expect(() => openSqlite(folder, migrations)).toThrow(/正被另一个 goBox 进程使用/)
    await first.close()
    await openSqlite(folder, migrations).close()
  })

  it('is refused while another process has it, and free as soon as that is killed', async () => {
    const module = fileURLToPath(import.meta.resolve('better-sqlite3'))
    const lock = join(folder, 'gobox.lock')
    const child = spawn(
      process.execPath,
      [
        '-e',
        `const lock = new (require(${JSON.stringify(module)}))(${JSON.stringify(lock)}); lock.exec('BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => {}, 1000)`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(child.stdout, 'data')
    expect(() => openSqlite(folder, migrations)).toThrow(/正被另一个 goBox 进程使用/)
    expect(existsSync(join(folder, 'gobox.db'))).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await openSqlite(folder, migrations).close()
  })

  it('that cannot be made stops the start with a sentence', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => openSqlite(join(folder, 'file'), migrations)).toThrow(/数据目录 .+ 不能建立/)
  })
})
