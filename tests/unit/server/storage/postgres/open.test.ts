import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { readMigrations } from '#drizzle/migrations'
import { WrongSetting } from '#server/config'
import type { Storage } from '#server/storage/engine'
import { openPostgres } from '#server/storage/postgres/open'
import { makeDatabase, type TestDatabase } from '../../../../api/database.ts'

const migrations = readMigrations('postgres')
const made: TestDatabase[] = []
afterAll(() => made.forEach((database) => database.remove()))

function emptyDatabase() {
  const database = makeDatabase('')
  made.push(database)
  return { ...database, url: database.settings.NUXT_DATABASE_URL!, key: database.settings.NUXT_SECRET_KEY! }
}

/** Why the database is not opened, in words. */
async function refusal(url: string, key: string | undefined): Promise<string> {
  const error = await openPostgres(url, migrations, key).then(
    (storage) => storage.close().then(() => new Error('it was opened')),
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(WrongSetting)
  const { message } = error as WrongSetting
  expect(message).toMatch(/^[^\n]*[\u4E00-\u9FFF][^\n]*$/)
  expect(message).not.toContain('only-on-loopback')
  return message
}

/** A message as PostgreSQL's servers send it: its kind, its length, what it says. */
function message(kind: string, ...parts: (string | number[])[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
  const length = Buffer.alloc(4)
  length.writeInt32BE(content.length + 4)
  return Buffer.concat([Buffer.from(kind), length, content])
}

const READY = message('Z', 'I')
const DESCRIBED = ['version', 'read_only', 'timeline'].flatMap((name, index): (string | number[])[] => [
  `${name}\0`,
  // No table's column; of the type integer, boolean, text; as text.
  [0, 0, 0, 0, 0, 0, 0, 0, 0, [23, 16, 25][index]!, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0],
])

/** Stands for a server of another version, of which no more is asked than what it is. */
async function startServerOf(version: number) {
  const values = [String(version), 'f', '00000001']
  const row = values.flatMap((value): (string | number[])[] => [[0, 0, 0, value.length], value])
  const answer = [message('T', [0, 3], ...DESCRIBED), message('D', [0, 3], ...row), message('C', 'SELECT 1\0'), READY]
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', [0, 0, 0, 0]), READY]))
      socket.on('data', (asked) => asked[0] === 'Q'.charCodeAt(0) && socket.write(Buffer.concat(answer)))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `postgres://shop@127.0.0.1:${(server.address() as AddressInfo).port}/gobox`, server }
}

describe('a database of PostgreSQL', () => {
  it('is prepared once by many that start at the same time', async () => {
    const { url, key, rows } = emptyDatabase()
    const opened = await Promise.all(Array.from({ length: 4 }, () => openPostgres(url, migrations, key)))
    await Promise.all(opened.map((storage: Storage) => storage.close()))
    expect(rows('SELECT created_at FROM __drizzle_migrations', [])).toHaveLength(migrations.length)
    expect(rows('SELECT id FROM key_checks', [])).toHaveLength(1)
  })

  it('is opened again without a change', async () => {
    const { url, key, rows } = emptyDatabase()
    await (await openPostgres(url, migrations, key)).close()
    const before = rows("SELECT relname, relfilenode FROM pg_class WHERE relnamespace = 'public'::regnamespace", [])
    await (await openPostgres(url, migrations, key)).close()
    expect(rows("SELECT relname, relfilenode FROM pg_class WHERE relnamespace = 'public'::regnamespace", [])).toEqual(
      before,
    )
  })

  it('is not opened with a key that is missing, or that is not the one it was made with', async () => {
    const { url, key } = emptyDatabase()
    expect(await refusal(url, undefined)).toContain('必须设置 NUXT_SECRET_KEY')
    await (await openPostgres(url, migrations, key)).close()
    expect(await refusal(url, randomBytes(32).toString('base64'))).toContain('不是加密这个数据库时用的密钥')
  })

  it('is not opened by an older version of the app', async () => {
    const { url, key, change } = emptyDatabase()
    await (await openPostgres(url, migrations, key)).close()
    change("INSERT INTO __drizzle_migrations (created_at, hash) VALUES (99999999999999, 'later')", [])
    expect(await refusal(url, key)).toContain('更新版本的 goBox')
  })

  it('is not opened on a server that is too old', async () => {
    const { url, server } = await startServerOf(140_018)
    expect(await refusal(url, randomBytes(32).toString('base64'))).toBe('PostgreSQL 14 太旧，需要 15 或更新')
    server.close()
  })

  it('is not opened where it is read-only', async () => {
    const { url, key, change } = emptyDatabase()
    change(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`, [])
    expect(await refusal(url, key)).toContain('只读')
  })

  it('is not opened by a user who may not make tables', async () => {
    const { url, key, change } = emptyDatabase()
    const role = new URL(url).pathname.slice(1)
    change(`CREATE ROLE ${role} LOGIN PASSWORD 'guest'`, [])
    const asGuest = new URL(url)
    asGuest.username = role
    asGuest.password = 'guest'
    expect(await refusal(asGuest.href, key)).toContain('权限')
  })

  it('is not looked for in vain without saying why', async () => {
    const { url, key } = emptyDatabase()
    const address = new URL(url)
    address.pathname = '/nowhere'
    expect(await refusal(address.href, key)).toContain('没有这个数据库')
    address.password = 'wrong'
    expect(await refusal(address.href, key)).toContain('用户名或密码')
    address.port = '1'
    expect(await refusal(address.href, key)).toContain('连不上')
    expect(await refusal('mysql://db/gobox', key)).toContain('NUXT_DATABASE_URL 有误')
  })

  it('keeps its audit, whatever statement tries to change it', async () => {
    const { url, key, change, rows } = emptyDatabase()
    await (await openPostgres(url, migrations, key)).close()
    const add = (at: number) =>
      change(`INSERT INTO audit_entries (at, "user", address, event) VALUES (?, 'x', '', 'logged_in')`, [at])
    add(Date.now())
    add(1)
    expect(() => change(`UPDATE audit_entries SET "user" = 'y'`, [])).toThrow('append-only')
    expect(() => change('TRUNCATE audit_entries', [])).toThrow('append-only')
    expect(() => change('DELETE FROM audit_entries WHERE at > 1', [])).toThrow('append-only')
    change('DELETE FROM audit_entries WHERE at = 1', [])
    expect(rows('SELECT id FROM audit_entries', [])).toHaveLength(1)
  })
})
