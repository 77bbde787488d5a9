import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqlite as openStorage } from '#server/storage/sqlite/open'
import { readMigrations } from '#drizzle/migrations'
import { makeFolder } from '../../with-storage.ts'

const migrations = readMigrations('sqlite')
let folder: string
beforeEach(() => {
  folder = makeFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const modeOf = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8)

function write(name: string, mode: number) {
  writeFileSync(join(folder, name), '')
  chmodSync(join(folder, name), mode)
}

describe('the data folder', () => {
  it.each(['notes.txt', 'gobox', 'gobox-0.2.0-linux-x64', 'photos', 'gobox.db.old'])(
    'that holds only %s is refused in a sentence, and left as it is',
    (name) => {
      write(name, 0o755)
      chmodSync(folder, 0o755)
      expect(() => openStorage(folder, migrations)).toThrow(
        /^.+ 里有别的文件（例如 .+），请把 NUXT_DATA_DIR 设为[^\n]+$/,
      )
      expect(readdirSync(folder)).toEqual([name])
      expect([modeOf('.'), modeOf(name)]).toEqual(['755', '755'])
    },
  )

  it.each([['.bashrc'], ['lost+found'], ['gobox.env'], ['backups'], ['gobox.lock', 'notes.txt']])(
    'that holds %s is taken',
    async (...names) => {
      for (const name of names)
        if (name === 'backups') mkdirSync(join(folder, name))
        else writeFileSync(join(folder, name), '')
      await openStorage(folder, migrations).close()
      expect(existsSync(join(folder, 'gobox.db'))).toBe(true)
    },
  )

  it('keeps the modes of what is not its own: programs, folders, files of others, what links point to', async () => {
    await openStorage(folder, migrations).close()
    const foreign = ['tool', 'backups.sh', 'gobox-0.2.0-linux-x64', 'notes.db', 'gobox-x.db']
    for (const name of foreign) write(name, 0o755)
    mkdirSync(join(folder, 'tools'))
    chmodSync(join(folder, 'tools'), 0o755)
    write(join('tools', 'secret.key'), 0o755)
    mkdirSync(join(folder, 'backups'), { recursive: true })
    write(join('backups', 'copy.sh'), 0o755)
    const elsewhere = makeFolder()
    writeFileSync(join(elsewhere, 'target'), '')
    chmodSync(join(elsewhere, 'target'), 0o644)
    symlinkSync(join(elsewhere, 'target'), join(folder, 'replaced-2026-11-24T19-00-00.db'))
    await openStorage(folder, migrations).close()
    for (const name of [...foreign, 'tools', 'tools/secret.key', 'backups/copy.sh'])
      expect([name, modeOf(name)]).toEqual([name, '755'])
    expect(statSync(join(elsewhere, 'target')).mode & 0o777).toBe(0o644)
    rmSync(elsewhere, { recursive: true })
  })

  it('takes its own files from everybody else, also those that were copied into it', async () => {
    await openStorage(folder, migrations).close()
    mkdirSync(join(folder, 'backups'), { recursive: true })
    const own = [
      'gobox.db',
      'secret.key',
      'replaced-2026-11-24T19-00-00.db',
      'replaced-2026-11-24T19-00-00.db-wal',
      'backups/gobox-2026-11-24T19-00-00.db',
      'backups/gobox.part',
      'backups.json',
    ]
    for (const name of own) {
      if (!existsSync(join(folder, name))) writeFileSync(join(folder, name), '')
      chmodSync(join(folder, name), 0o755)
    }
    chmodSync(join(folder, 'backups'), 0o755)
    await openStorage(folder, migrations).close()
    for (const name of own) expect([name, modeOf(name)]).toEqual([name, '600'])
    expect([modeOf('.'), modeOf('backups')]).toEqual(['700', '700'])
  })

  it('does not begin anew where a database has been lost', async () => {
    await openStorage(folder, migrations).close()
    for (const lose of [
      () => rmSync(join(folder, 'gobox.db')),
      () => writeFileSync(join(folder, 'gobox.db'), ''),
      () => {
        rmSync(join(folder, 'secret.key'))
        mkdirSync(join(folder, 'backups'), { recursive: true })
        writeFileSync(join(folder, 'backups', 'gobox-2026-11-24T19-00-00.db'), '')
      },
    ]) {
      lose()
      expect(() => openStorage(folder, migrations)).toThrow(/gobox\.db 不见了.+npm run restore/)
    }
    rmSync(join(folder, 'backups'), { recursive: true })
    await openStorage(folder, migrations).close()
  })
})
