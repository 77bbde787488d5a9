import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

beforeEach(() => {
  vi.resetModules()
  for (const name of Object.keys(process.env)) if (name.startsWith('NUXT_')) vi.stubEnv(name, undefined)
})
afterEach(() => void vi.unstubAllEnvs())

async function read(settings: Record<string, string> = {}) {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
  return (await import('#server/config')).useConfig()
}

describe('the settings', () => {
  it("have defaults for all but the upstreams' addresses", async () => {
    expect(await read()).toMatchObject({
      dataDir: './data',
      goboxUrl: undefined,
      c8Origins: new Set(),
      c8SecurityKey: 'gobox',
      secretKey: undefined,
      zone: 'Asia/Shanghai',
      legacyStatus: false,
      trustedProxies: new Set(),
      upstreamTimeout: 10_000,
      upstreamMaxBytes: 8_388_608,
      c8Settle: 120_000,
      metricsToken: undefined,
      backupDir: undefined,
      backupKeep: { d: 7, w: 4, m: 12 },
      alertOrigins: new Set(),
      smtpUrl: undefined,
      heartbeatUrl: undefined,
    })
  })

  it('that are blank count as not set', async () => {
    expect(await read({ NUXT_TIME_ZONE: ' ', NUXT_GOBOX_URL: '', NUXT_C8_SETTLE: '' })).toMatchObject({
      zone: 'Asia/Shanghai',
      goboxUrl: undefined,
      c8Settle: 120_000,
    })
  })

  it('are read as they are meant', async () => {
    const key = Buffer.alloc(32, 7).toString('base64')
    expect(
      await read({
        NUXT_GOBOX_URL: 'https://gobox.example/api//',
        NUXT_C8_ALLOWED_ORIGINS: 'https://C8.example:443/, http://10.0.0.1:8080,',
        NUXT_C8_SECURITY_KEY: '4848e0',
        NUXT_SECRET_KEY: key,
        NUXT_TIME_ZONE: 'America/New_York',
        NUXT_LEGACY_STATUS: 'true',
        NUXT_TRUSTED_PROXIES: '10.0.0.1,::1',
        NUXT_UPSTREAM_TIMEOUT: '1',
        NUXT_C8_SETTLE: '86400000',
        NUXT_BACKUP_DIR: '/mnt/nas',
        NUXT_BACKUP_KEEP: '30d, 6m',
        NUXT_ALERT_ALLOWED_ORIGINS: 'http://10.0.0.2:9000',
        NUXT_SMTP_URL: 'smtp://user:word@mail.example:587',
        NUXT_HEARTBEAT_URL: 'https://hc.example/ping/1',
      }),
    ).toMatchObject({
      goboxUrl: 'https://gobox.example/api',
      c8Origins: new Set(['https://c8.example', 'http://10.0.0.1:8080']),
      c8SecurityKey: '4848e0',
      secretKey: key,
      zone: 'America/New_York',
      legacyStatus: true,
      trustedProxies: new Set(['10.0.0.1', '::1']),
      upstreamTimeout: 1,
      c8Settle: 86_400_000,
      backupDir: '/mnt/nas',
      backupKeep: { d: 30, w: 0, m: 6 },
      alertOrigins: new Set(['http://10.0.0.2:9000']),
      smtpUrl: 'smtp://user:word@mail.example:587',
      heartbeatUrl: 'https://hc.example/ping/1',
    })
  })

  it.each([
    ['NUXT_GOBOX_URL', 'gobox.example'],
    ['NUXT_GOBOX_URL', 'ftp://gobox.example'],
    ['NUXT_GOBOX_URL', 'http://me:pw@gobox.example'],
    ['NUXT_C8_ALLOWED_ORIGINS', 'c8.example'],
    ['NUXT_C8_ALLOWED_ORIGINS', 'https://c8.example/app'],
    ['NUXT_C8_ALLOWED_ORIGINS', 'https://c8.example, *'],
    ['NUXT_SECRET_KEY', 'short'],
    ['NUXT_SECRET_KEY', Buffer.alloc(31).toString('base64')],
    ['NUXT_SECRET_KEY', `${'!'.repeat(44)}`],
    ['NUXT_TIME_ZONE', 'Shanghai'],
    ['NUXT_LEGACY_STATUS', 'yes'],
    ['NUXT_UPSTREAM_TIMEOUT', '0'],
    ['NUXT_UPSTREAM_TIMEOUT', '10s'],
    ['NUXT_UPSTREAM_TIMEOUT', '-1'],
    ['NUXT_UPSTREAM_MAX_BYTES', '1e6'],
    ['NUXT_C8_SETTLE', '86400001'],
    ['NUXT_METRICS_TOKEN', 'fifteen letters'],
    ['NUXT_BACKUP_KEEP', '7'],
    ['NUXT_ALERT_ALLOWED_ORIGINS', 'http://alerts.example/path'],
    ['NUXT_SMTP_URL', 'mail.example'],
    ['NUXT_HEARTBEAT_URL', 'ftp://hc.example'],
    ['NUXT_BACKUP_KEEP', '7d,4y'],
    ['NUXT_BACKUP_KEEP', '0d,0w'],
  ])('stop the start with a sentence when %s is %s', async (name, value) => {
    const error = await read({ [name]: value }).catch((reason: unknown) => reason as Error)
    expect(error).toMatchObject({
      message: expect.stringMatching(new RegExp(`^设置 ${name} 有误：[^\\n]*[\\u4E00-\\u9FFF]`)),
    })
    if (/KEY|TOKEN/.test(name)) expect((error as Error).message).not.toContain(value)
  })
})
