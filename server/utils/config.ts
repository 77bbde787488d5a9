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

const schema = z.object({
  NUXT_DATA_DIR: z
    .string()
    .optional()
    .transform((dir) => dir ?? './data'),
  NUXT_GOBOX_URL: z
    .string()
    .refine(
      (url) => parseOrigin(url) !== null && !/[?#]/.test(url),
      '必须是 http:// 或 https:// 开头的地址，不带用户名、? 和 #',
    )
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  NUXT_C8_ALLOWED_ORIGINS: z
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
    ),
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
})

function readConfig(environment: NodeJS.ProcessEnv) {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()))
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw new WrongSetting(
      `设置 ${String(issue.path[0])} 有误：${issue.message}（现在是“${issue.path[0] === 'NUXT_SECRET_KEY' ? '…' : given[String(issue.path[0])]}”）`,
    )
  }
  const settings = parsed.data
  return {
    dataDir: settings.NUXT_DATA_DIR,
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
  }
}

let config: ReturnType<typeof readConfig> | undefined

/**
 * The settings of architecture.md, section 3, read from the environment itself: Nuxt's runtimeConfig would turn a key like
 * `4848e0` into a number. Throws WrongSetting.
 */
export function useConfig() {
  return (config ??= readConfig(process.env))
}
