import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { BINARY, ENVIRONMENT_FILE, UNIT_FILE } from '../../packaging/unit.ts'
import type { Backups } from '../../shared/backups.ts'
import { startSandbox, type Sandbox } from '../../sandbox/server.ts'
import { findFreePort } from '../../sandbox/free-port.ts'
import { loadRelease, RELEASE_KEY, RELEASE_SESSION } from '../faults/releases/load.ts'
import { copyWithLibraries, glibcVersionsNeeded, program, root, useProgram } from './program.ts'

const isRoot = process.getuid!() === 0
const { place, bareEnvironment, gobox, goboxBeside, serve, stop } = useProgram()

describe('the one file', () => {
  it('has the sum that SHA256SUMS states', () => {
    const sums = readFileSync(join(root, 'dist', 'SHA256SUMS'), 'utf8')
    expect(sums).toContain(
      `${createHash('sha256').update(readFileSync(program)).digest('hex')}  ${basename(program)}\n`,
    )
  })

  it('tells its version, and what it can do', () => {
    expect(gobox(['version'])).toEqual({ status: 0, output: `${packageJson.version}\n` })
    const { status, output } = gobox(['help'])
    expect(status).toBe(0)
    for (const command of ['serve', 'demo', 'check', 'backup', 'restore', 'rotate-key', 'service', 'version']) {
      expect(output).toContain(`gobox ${command}`)
    }
  })

  it('refuses a command that there is not', () => {
    expect(gobox(['serv'])).toEqual({ status: 1, output: expect.stringContaining('没有“serv”这个命令') as string })
  })

  it('refuses arguments that a command would not read, and does nothing but help where help is asked for', () => {
    const env = { NUXT_DATA_DIR: join(place.home, 'arguments') }
    expect(gobox(['serve', '--port', '80'], env)).toEqual({
      status: 1,
      output: expect.stringContaining('serve 不认得“--port 80”') as string,
    })
    for (const command of ['backup', 'rotate-key', 'serve', 'service'])
      expect(gobox([command, '--help'], env)).toEqual(gobox(['help']))
    expect(existsSync(env.NUXT_DATA_DIR)).toBe(false)
  })

  it('needs no glibc newer than 2.28', () => {
    const [unpacked] = readdirSync(join(place.home, '.cache', 'gobox'))
    const prebuilds = join(
      place.home,
      '.cache',
      'gobox',
      unpacked!,
      'server',
      'node_modules',
      'better-sqlite3',
      'prebuilds',
    )
    for (const file of [program, join(prebuilds, `linux-${process.arch}.node`)]) {
      const versions = glibcVersionsNeeded(file)
      expect(versions, file).not.toHaveLength(0)
      expect(Math.max(...versions), file).toBeLessThanOrEqual(28)
    }
  })

  it('serves, prints where and what is not configured yet, and ends on SIGTERM with 0', async () => {
    const data = join(place.home, 'serve')
    const { url, child, output } = await serve(program, [], { NUXT_DATA_DIR: data })
    expect(await fetch(`${url}/`).then((response) => response.text())).toContain('<div id="__nuxt">')
    for (const text of [packageJson.version, `${url}/`, data, 'NUXT_GOBOX_URL', 'NUXT_C8_ALLOWED_ORIGINS']) {
      expect(output()).toContain(text)
    }
    expect(await stop(child)).toBe(0)
  })

  it('reads gobox.env beside the data, which the environment overrides, and makes it private', async () => {
    const folder = join(place.home, 'env')
    mkdirSync(folder)
    writeFileSync(join(folder, 'gobox.env'), 'NUXT_GOBOX_URL=http://127.0.0.1:9\nNUXT_TIME_ZONE=Nowhere/Land\n', {
      mode: 0o644,
    })
    const env = { NUXT_DATA_DIR: join(folder, 'data') }
    expect(gobox(['serve'], env)).toEqual({ status: 1, output: expect.stringMatching(/NUXT_TIME_ZONE/) as string })
    expect(statSync(join(folder, 'gobox.env')).mode & 0o777).toBe(0o600)
    const { output } = await serve(program, [], { ...env, NUXT_TIME_ZONE: 'Asia/Shanghai' })
    expect(output()).toContain(join(folder, 'gobox.env'))
    expect(output()).not.toContain('NUXT_GOBOX_URL')
  })

  it('tells whether the server of this machine is healthy', async () => {
    const { port } = await serve(program, ['serve'], { NUXT_DATA_DIR: join(place.home, 'health') })
    expect(gobox(['health'], { PORT: String(port) })).toEqual({
      status: 0,
      output: expect.stringContaining('"state":1') as string,
    })
    expect(gobox(['health'], { PORT: '9' })).toEqual({
      status: 1,
      output: expect.stringContaining('没有回答') as string,
    })
  })

  it('backs up, restores and changes the key', async () => {
    const env = { NUXT_DATA_DIR: join(place.home, 'backup') }
    await stop((await serve(program, [], env)).child)
    const backup = gobox(['backup'], env)
    expect(backup).toMatchObject({ status: 0, output: expect.stringMatching(/已备份并检查/) as string })
    const file = /(\/\S+\.db)/.exec(backup.output)![1]!
    expect(gobox(['restore', file], env)).toMatchObject({
      status: 0,
      output: expect.stringMatching(/已恢复/) as string,
    })
    expect(gobox(['rotate-key'], env)).toMatchObject({
      status: 0,
      output: expect.stringMatching(/密钥已更换/) as string,
    })
    expect(await stop((await serve(program, [], env)).child)).toBe(0)
  })

  it('does not load code from a folder that others can write', () => {
    const cache = join(place.home, 'shared-cache')
    mkdirSync(join(cache, 'gobox'), { recursive: true })
    chmodSync(join(cache, 'gobox'), 0o777)
    expect(gobox(['version'], { XDG_CACHE_HOME: cache })).toEqual({
      status: 1,
      output: expect.stringContaining('别人可以写入') as string,
    })
  })

  it('prints the service that it would install', () => {
    const { status, output } = gobox(['service', 'install', '--print'])
    expect(status).toBe(0)
    for (const line of [
      'User=gobox',
      'ProtectSystem=strict',
      'ExecStart=/usr/local/bin/gobox serve',
      '/etc/systemd/system/gobox.service',
    ]) {
      expect(output).toContain(line)
    }
  })

  it.skipIf(spawnSync('systemd-analyze', ['--version']).status !== 0)('makes a unit that systemd accepts', () => {
    const folder = join(place.home, 'unit')
    mkdirSync(folder)
    const unit = gobox(['service', 'install', '--print']).output.split(/^# .*$/m)[1]!
    // The program lies at its place only once it is installed.
    writeFileSync(join(folder, 'gobox.service'), unit.replace('/usr/local/bin/gobox', program))
    const verified = spawnSync('systemd-analyze', ['verify', join(folder, 'gobox.service')], { encoding: 'utf8' })
    expect(verified.stdout + verified.stderr).not.toMatch(/gobox\.service/)
    expect(verified.status).toBe(0)
  })

  const upgrade = 'upgrades, backs up and demos where there is glibc and libstdc++ and nothing else'
  it.skipIf(!isRoot)(upgrade, { timeout: 150_000 }, async () => {
    const bare = join(place.home, 'bare')
    mkdirSync(join(bare, 'tmp'), { recursive: true })
    copyWithLibraries(program, bare, 'gobox')
    for (const folder of ['etc/systemd/system', 'usr/local/bin', 'var/lib/gobox'])
      mkdirSync(join(bare, folder), { recursive: true })
    copyFileSync(program, join(bare, BINARY))
    writeFileSync(join(bare, UNIT_FILE), '')
    writeFileSync(join(bare, ENVIRONMENT_FILE), 'NUXT_GOBOX_URL=http://127.0.0.1:9\n', { mode: 0o600 })
    const inside = { env: bareEnvironment({ HOME: '/' }), encoding: 'utf8' } as const
    const checked = spawnSync('chroot', [bare, BINARY, 'check'], inside)
    expect(checked.stdout, 'the installed program checks its service').toMatch(
      /数据目录 \/var\/lib\/gobox\/data[^]*能连上 goBox（http:\/\/127\.0\.0\.1:9\/?）/,
    )
    loadRelease('0.1.0', join(bare, 'data'))
    const env = { NUXT_DATA_DIR: '/data', NUXT_SECRET_KEY: RELEASE_KEY, HOME: '/' }
    const server = await serve('chroot', [bare, '/gobox', 'serve'], env)
    await expect.poll(server.output).toMatch(/"back":"gobox restore \/data\/backups\/gobox-\S+\.db"/)
    const headers = { token: RELEASE_SESSION }
    const ask = async (method: string) => {
      const response = await fetch(`${server.url}/api/backups`, { method, headers })
      return (await response.json()) as Backups
    }
    expect(await ask('POST')).toMatchObject({ status: 'running' })
    await expect.poll(async () => (await ask('GET')).drill.ok, { timeout: 20_000 }).toBe(true)
    expect(await ask('GET')).toMatchObject({ status: 'idle', error: null, verified: true, count: 2 })
    expect(await stop(server.child)).toBe(0)
    const demo = await serve('chroot', [bare, '/gobox', 'demo'], { HOME: '/' })
    await expect.poll(demo.output, { timeout: 90_000 }).toContain('/login?')
    expect(await stop(demo.child)).toBe(0)
  })
})

describe('gobox check', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox()
  })
  afterAll(() => sandbox.close())

  it('is content with a shop that is set up', async () => {
    const { status, output } = await goboxBeside(['check'], {
      NUXT_DATA_DIR: join(place.home, 'check'),
      NUXT_GOBOX_URL: sandbox.goboxUrl,
      NUXT_C8_ALLOWED_ORIGINS: sandbox.c8Url,
    })
    expect(output).not.toContain('✗')
    expect(output).toMatch(/✓ 设置\n✓ 数据目录[^]*✓ 能连上 goBox[^]*✓ 能连上 C8[^]*✓ 时钟/)
    expect(status).toBe(0)
  })

  it('says what is not set, and how to get it', () => {
    const { status, output } = gobox(['check'], { NUXT_DATA_DIR: join(place.home, 'check') })
    expect(status).toBe(1)
    expect(output).toMatch(/✗ 设置：还没有 NUXT_GOBOX_URL：.*供应商/)
  })

  it('finds a wrong setting, an upstream that is not there, and a broken database', async () => {
    const nowhere = `http://127.0.0.1:${await findFreePort()}`
    const data = join(place.home, 'broken')
    mkdirSync(data)
    writeFileSync(join(data, 'gobox.db'), 'this is no database, however long it is'.repeat(200))
    const env = { NUXT_DATA_DIR: data, NUXT_C8_ALLOWED_ORIGINS: nowhere }
    expect(gobox(['check'], { ...env, NUXT_GOBOX_URL: 'ftp://x' }).output).toMatch(/✗ 设置：设置 NUXT_GOBOX_URL 有误/)
    const { status, output } = gobox(['check'], { ...env, NUXT_GOBOX_URL: nowhere })
    expect(status).toBe(1)
    expect(output).toMatch(/✗ 能连上 goBox.*ECONNREFUSED/)
    expect(output).toMatch(/✗ 数据库：数据库 \S+ 已损坏，请停掉 goBox，用备份恢复：gobox restore/)
  })

  it('does not call a database broken that it may not open', () => {
    const data = join(place.home, 'folder')
    mkdirSync(join(data, 'gobox.db'), { recursive: true })
    const { output } = gobox(['check'], { NUXT_DATA_DIR: data })
    expect(output).toMatch(/✗ 数据库：数据库 gobox\.db 打不开（SQLITE_\w+），请检查 .* 的磁盘空间和权限/)
  })

  it('asks PostgreSQL where the data is there, and says what is missing', async () => {
    const env = { NUXT_DATABASE_URL: `postgres://gobox:secret@127.0.0.1:${await findFreePort()}/gobox` }
    expect(gobox(['check'], env).output).toMatch(/✗ 数据库：使用 PostgreSQL 时必须设置 NUXT_SECRET_KEY/)
    const { output } = gobox(['check'], { ...env, NUXT_SECRET_KEY: RELEASE_KEY })
    expect(output).toMatch(/✗ 数据库：连不上 NUXT_DATABASE_URL 里的数据库 127\.0\.0\.1:\d+\/gobox：ECONNREFUSED/)
    expect(output).not.toMatch(/数据目录|secret/)
  })
})
