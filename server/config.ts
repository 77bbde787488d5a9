import { isIP } from 'node:net'
import { z } from 'zod'

/** Why the process cannot start, as one sentence for its owner. */
export class WrongSetting extends Error {}

function isTimeZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
  } catch {
    return false
  }
}

/** The origin of an http(s) address without credentials, else `null`. */
export function parseOrigin(address: string): string | null {
  const url = URL.parse(address)
  return url && /^https?:$/.test(url.protocol) && !url.username && !url.password ? url.origin : null
}

/** Whether text is a key: 32 bytes in base64. */
export function isSecretKey(text: string): boolean {
  return /^[A-Za-z0-9+/_-]+=*$/.test(text) && Buffer.from(text, 'base64').length === 32
}

const milliseconds = (fallback: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, '必须是整数')
    .transform(Number)
    .refine((value) => value >= 1 && value <= max, `必须在 1 到 ${max} 之间`)
    .optional()
    .transform((value) => value ?? fallback)

/** `7d,4w,12m`: of how many days, weeks and months the newest backup is kept; what is not named is none. */
const backupKeep = z
  .string()
  .optional()
  .transform((list, context) => {
    const parts = (list ?? '7d,4w,12m').split(',').map((part) => /^(\d{1,4})([dwm])$/.exec(part.trim()))
    const keep = { d: 0, w: 0, m: 0 }
    for (const part of parts) if (part) keep[part[2] as keyof typeof keep] = Number(part[1])
    if (parts.includes(null) || keep.d + keep.w + keep.m === 0)
      context.addIssue({ code: 'custom', message: '必须像 7d,4w,12m 这样（天、周、月各保留几份）' })
    return keep
  })

/** Origins separated by commas. */
const origins = z
  .string()
  .optional()
  .transform((list, context) =>
    (list ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean)
      .map((item) => {
        const origin = parseOrigin(item)
        if (!origin || new URL(item).pathname !== '/')
          context.addIssue({ code: 'custom', message: `“${item}”不是 http(s)://主机:端口 这样的地址` })
        return origin ?? ''
      }),
  )

function isSmtpAddress(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== ''
}

const schema = z.object({
  NUXT_DATA_DIR: z
    .string()
    .optional()
    .transform((dir) => dir ?? './data'),
  NUXT_DATABASE_URL: z.string().optional(),
  NUXT_GOBOX_URL: z
    .string()
    .refine(
      (url) => parseOrigin(url) !== null && !/[?#]/.test(url),
      '必须是 http:// 或 https:// 开头的地址，不带用户名、? 和 #',
    )
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  NUXT_C8_ALLOWED_ORIGINS: origins,
  NUXT_C8_SECURITY_KEY: z
    .string()
    .optional()
    .transform((key) => key ?? 'gobox'),
  NUXT_SECRET_KEY: z.string().refine(isSecretKey, '必须是 32 字节的 base64').optional(),
  NUXT_TIME_ZONE: z
    .string()
    .refine(isTimeZone, '不是已知的时区，例如 Asia/Shanghai')
    .optional()
    .transform((zone) => zone ?? 'Asia/Shanghai'),
  NUXT_LEGACY_STATUS: z
    .enum(['true', 'false', '1', '0'], { error: '只能是 true 或 false' })
    .optional()
    .transform((flag) => flag === 'true' || flag === '1'),
  NUXT_TRUSTED_PROXIES: z
    .string()
    .optional()
    .transform((list) =>
      (list ?? '')
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
    )
    .refine((list) => list.every(isIP), '必须是 IP 地址，用逗号分隔'),
  NUXT_UPSTREAM_TIMEOUT: milliseconds(10_000, 600_000),
  NUXT_UPSTREAM_MAX_BYTES: milliseconds(8_388_608, 1_073_741_824),
  NUXT_C8_SETTLE: milliseconds(120_000, 86_400_000),
  NUXT_METRICS_TOKEN: z.string().min(16, '至少要有 16 个字符').optional(),
  NUXT_BACKUP_DIR: z.string().optional(),
  NUXT_BACKUP_KEEP: backupKeep,
  NUXT_ALERT_ALLOWED_ORIGINS: origins,
  NUXT_SMTP_URL: z.string().refine(isSmtpAddress, '必须是 smtp:// 或 smtps:// 开头的地址').optional(),
  NUXT_HEARTBEAT_URL: z
    .string()
    .refine((url) => parseOrigin(url) !== null, '必须是 http:// 或 https:// 开头的地址，不带用户名')
    .optional(),
})

/** Settings that hold a secret are not shown. */
const SECRET = ['NUXT_SECRET_KEY', 'NUXT_DATABASE_URL', 'NUXT_METRICS_TOKEN', 'NUXT_SMTP_URL', 'NUXT_HEARTBEAT_URL']

function readConfig(environment: NodeJS.ProcessEnv) {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()))
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw new WrongSetting(
      `设置 ${String(issue.path[0])} 有误：${issue.message}（现在是“${SECRET.includes(String(issue.path[0])) ? '…' : given[String(issue.path[0])]}”）`,
    )
  }
  if (given.NUXT_DATA_DIR && given.NUXT_DATABASE_URL)
    throw new WrongSetting(
      '同时设置了 NUXT_DATA_DIR 和 NUXT_DATABASE_URL，不知道数据在哪里：用 PostgreSQL 请去掉前者，用数据目录里的 SQLite 请去掉后者',
    )
  const settings = parsed.data
  return {
    dataDir: settings.NUXT_DATA_DIR,
    databaseUrl: settings.NUXT_DATABASE_URL,
    goboxUrl: settings.NUXT_GOBOX_URL,
    c8Origins: new Set(settings.NUXT_C8_ALLOWED_ORIGINS),
    c8SecurityKey: settings.NUXT_C8_SECURITY_KEY,
    secretKey: settings.NUXT_SECRET_KEY,
    zone: settings.NUXT_TIME_ZONE,
    legacyStatus: settings.NUXT_LEGACY_STATUS,
    trustedProxies: new Set(settings.NUXT_TRUSTED_PROXIES),
    /** Milliseconds for one whole call to an upstream. */
    upstreamTimeout: settings.NUXT_UPSTREAM_TIMEOUT,
    upstreamMaxBytes: settings.NUXT_UPSTREAM_MAX_BYTES,
    /** Milliseconds after an unanswered create in which C8 is only asked. */
    c8Settle: settings.NUXT_C8_SETTLE,
    /** What opens /metrics; without one there is none. */
    metricsToken: settings.NUXT_METRICS_TOKEN,
    /** Where backups go; by default into the data folder. */
    backupDir: settings.NUXT_BACKUP_DIR,
    backupKeep: settings.NUXT_BACKUP_KEEP,
    /** Where alerts may go beside the robots' own hosts. */
    alertOrigins: new Set(settings.NUXT_ALERT_ALLOWED_ORIGINS),
    smtpUrl: settings.NUXT_SMTP_URL,
    heartbeatUrl: settings.NUXT_HEARTBEAT_URL,
  }
}

/** The settings that goBox cannot work without and nobody has set yet. */
export function unsetOf({ goboxUrl, c8Origins }: Pick<ReturnType<typeof readConfig>, 'goboxUrl' | 'c8Origins'>) {
  return [
    ...(goboxUrl ? [] : (['NUXT_GOBOX_URL'] as const)),
    ...(c8Origins.size > 0 ? [] : (['NUXT_C8_ALLOWED_ORIGINS'] as const)),
  ]
}

let config: ReturnType<typeof readConfig> | undefined

/**
 * The settings that README.md lists, read from the environment itself: Nuxt's runtimeConfig would turn a key
 * like `4848e0` into a number. Throws WrongSetting.
 */
export function useConfig() {
  return (config ??= readConfig(process.env))
}
