import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { filesIn } from '../database.ts'
import { expectNoSecretOnDisk, secretsOf } from '../secrets.ts'
import { App, orderMessage, type Shop } from '../server.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

// Each of these starts the app several times.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let app: App
let shop: Shop
let accessToken: string

beforeEach(async () => {
  app = await App.start()
  shop = await app.openShopWithCredentials()
  await app.ask('PUT /api/automation', { token: shop.token, body: { downloads: false, imports: true } })
  await app.ask(`POST /api/set_of_books/${shop.id}/token`, { token: shop.token, body: { overlap_hours: 24 } })
  accessToken = (await app.ask('GET /api/set_of_books', { token: shop.token })).body.access_token as string
})
afterEach(() => app.close())

const key = () => join(app.folder, 'secret.key')
const files = () => filesIn(app.folder)

function run(script: string, env: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [join(root, 'scripts', `${script}.ts`)], {
    cwd: root,
    env: { ...process.env, NUXT_DATA_DIR: app.folder, ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code!, output })))
}

/** Starts the app on the same data with other settings. */
async function startWith(settings: Record<string, string>) {
  delete app.settings.NUXT_SECRET_KEY
  Object.assign(app.settings, settings)
  await app.start()
}

/**
 * Everything that is sealed can be opened: the settings, the session's C8 token, the automation's, and the webhook's
 * token is known.
 */
async function expectAllOpens() {
  expect(await app.ask('GET /api/set_of_books', { token: shop.token })).toMatchObject({
    status: 200,
    body: { app_key: shop.app_key, access_token: accessToken },
  })
  expect((await app.ask('GET /api/stores', { token: shop.token })).status).toBe(200)
  expect((await app.ask('GET /api/automation', { token: shop.token })).body.has_c8_login).toBe(true)
  expect((await app.ask('POST /api/create_order', { token: shop.localToken, body: orderMessage('T-1') })).status).toBe(
    200,
  )
}

describe('the data folder', () => {
  it('holds no secret in plain text: not in the database, its WAL, a backup or any other file', async () => {
    const newToken = (await app.ask('GET /api/set_of_books', { token: shop.token })).body.token as string
    expect((await run('backup')).code).toBe(0)
    const secrets = { ...(await secretsOf(app, [shop])), accessToken, newToken }
    for (const stopped of [false, true]) {
      if (stopped) await app.kill9()
      expect(files().length).toBeGreaterThan(stopped ? 3 : 5)
      expectNoSecretOnDisk(app, secrets)
    }
  })

  it('is for its owner alone, every file of it, also what was copied into it', async () => {
    expect((await run('backup')).code).toBe(0)
    writeFileSync(join(app.folder, 'backups', 'gobox-2026-11-24T19-00-00.db'), '', { mode: 0o644 })
    await app.restart()
    await app.receive(shop, 'T-2')
    expect(files().map((file) => file.slice(app.folder.length + 1))).toEqual(
      expect.arrayContaining([
        'gobox.db',
        'gobox.db-wal',
        'gobox.db-shm',
        'secret.key',
        'gobox.lock',
        'backups/gobox-2026-11-24T19-00-00.db',
      ]),
    )
    for (const file of files()) expect((statSync(file).mode & 0o777).toString(8), file).toBe('600')
    for (const folder of [app.folder, join(app.folder, 'backups')])
      expect((statSync(folder).mode & 0o777).toString(8), folder).toBe('700')
  })
})

describe('a start with another key', () => {
  const otherKey = randomBytes(32).toString('base64')

  it.each([
    ['in NUXT_SECRET_KEY', () => ({ NUXT_SECRET_KEY: otherKey }), /NUXT_SECRET_KEY 不是加密数据时用的密钥/],
    [
      'in the file',
      () => {
        writeFileSync(key(), otherKey)
        return {}
      },
      /secret\.key 不是加密数据时用的密钥/,
    ],
    [
      'that is none, in the file',
      () => {
        writeFileSync(key(), 'x')
        return {}
      },
      /secret\.key 已损坏/,
    ],
    [
      'when the file is lost',
      () => {
        rmSync(key())
        return {}
      },
      /密钥不见了/,
    ],
  ])('%s is refused with one sentence, and nothing is changed', async (_, settings, sentence) => {
    await app.kill9()
    await expect(startWith(settings())).rejects.toThrow(sentence)
    expect(app.output.trim().split('\n')).toHaveLength(1)
    expect(app.output).not.toContain(otherKey)
    if (sentence.source.includes('不见了')) expect(existsSync(key())).toBe(false)
  })
})

describe('npm run rotate-key', () => {
  it('is refused while the app runs', async () => {
    expect(await run('rotate-key')).toMatchObject({
      code: 1,
      output: expect.stringMatching(/正被另一个 goBox 进程使用/),
    })
    await expectAllOpens()
  })

  it('puts a fresh key into the folder, and the old one opens nothing any more', async () => {
    const old = readFileSync(key(), 'utf8').trim()
    const lines = () =>
      app
        .rows<{ sealed: string }>(
          'SELECT app_key_sealed AS sealed FROM set_of_books UNION ALL SELECT c8_token_sealed FROM sessions',
        )
        .map((row) => row.sealed)
    // What a deleted row held stays in its page until the file is written anew.
    const { token } = await app.logIn(shop.name, 1)
    const before = lines()
    await app.ask('DELETE /api/access_token', { token })
    expect(lines().length).toBe(before.length - 1)
    await app.kill9()
    const left = () => before.filter((sealed) => files().some((file) => readFileSync(file).includes(sealed)))
    expect(left()).toEqual(before)
    expect((await run('rotate-key')).code).toBe(0)
    expect(readFileSync(key(), 'utf8').trim()).not.toBe(old)
    expect(left()).toEqual([])
    await startWith({})
    await expectAllOpens()
    await app.kill9()
    await expect(startWith({ NUXT_SECRET_KEY: old })).rejects.toThrow(/不是加密数据时用的密钥/)
  })

  it('goes from the file to NUXT_SECRET_KEY and back', async () => {
    const given = randomBytes(32).toString('base64')
    await app.kill9()
    expect((await run('rotate-key', { NUXT_NEW_SECRET_KEY: given })).code).toBe(0)
    expect(existsSync(key())).toBe(false)
    await startWith({ NUXT_SECRET_KEY: given })
    await expectAllOpens()
    await app.kill9()
    expect((await run('rotate-key', { NUXT_SECRET_KEY: given })).code).toBe(0)
    await startWith({})
    await expectAllOpens()
  })

  it('changes nothing when a key is wrong', async () => {
    await app.kill9()
    expect(await run('rotate-key', { NUXT_SECRET_KEY: randomBytes(32).toString('base64') })).toMatchObject({
      code: 1,
      output: expect.stringMatching(/不是加密数据时用的密钥/),
    })
    expect(await run('rotate-key', { NUXT_NEW_SECRET_KEY: 'short' })).toMatchObject({
      code: 1,
      output: expect.stringMatching(/32 字节/),
    })
    await startWith({})
    await expectAllOpens()
  })

  it('cut off after the commit, is finished by the next start', async () => {
    const old = readFileSync(key(), 'utf8')
    await app.kill9()
    expect((await run('rotate-key')).code).toBe(0)
    renameSync(key(), `${key()}.new`)
    writeFileSync(key(), old, { mode: 0o600 })
    await startWith({})
    await expectAllOpens()
    expect(existsSync(`${key()}.new`)).toBe(false)
  })

  it('cut off before the commit, leaves the old key in use', async () => {
    writeFileSync(`${key()}.new`, randomBytes(32).toString('base64'), { mode: 0o600 })
    await app.restart()
    await expectAllOpens()
  })
})
