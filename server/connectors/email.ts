import { setTimeout as sleep } from 'node:timers/promises'
import type { SendMailOptions, Transporter } from 'nodemailer'
import { useConfig } from '../config.ts'
import { DomainError, Refused, UpstreamBroken, UpstreamTimeout } from '../errors.ts'
import { recipientsOf } from './alert-addresses.ts'
import { reasonText } from './http.ts'

const STEP = { name: 'send_alert', text: '发送通知' }
const params = { upstream: 'email', step: STEP.name }
/** The default ports for STARTTLS and for implicit TLS. */
const PORTS = { 'smtp:': 587, 'smtps:': 465 }

interface Server {
  url: URL
  user: string
  password: string
}

/** Throws Refused if no mail server is configured. */
function serverOf(smtpUrl: string | undefined): Server {
  if (!smtpUrl) throw new Refused('还没有设置发信服务器，请管理员设置 NUXT_SMTP_URL', { code: 'smtp_missing' })
  const url = new URL(smtpUrl)
  return { url, user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
}

/** Throws Refused if e-mail cannot be sent. */
export function requireSmtp() {
  serverOf(useConfig().smtpUrl)
}

async function connect({ url, user, password }: Server): Promise<Transporter> {
  // Loaded on demand: most shops send no e-mail.
  const { createTransport } = await import('nodemailer')
  const { upstreamTimeout: timeout } = useConfig()
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return createTransport({
    host,
    port: Number(url.port) || PORTS[url.protocol as keyof typeof PORTS],
    secure: url.protocol === 'smtps:',
    // Never in plain text, and never to a server whose certificate does not match.
    requireTLS: true,
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    auth: user ? { user, pass: password } : undefined,
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

const tooSlow = (seconds: number, cause?: unknown) =>
  new UpstreamTimeout(`邮件服务器 ${STEP.text}超时（${seconds} 秒内没有回答），请稍后再试`, {
    code: 'upstream_timeout',
    params: { ...params, seconds },
    cause,
  })

/** Describes an error of the mail server or of the connection to it. */
function failureOf(error: unknown, { user, password }: Server, seconds: number): DomainError {
  if (error instanceof DomainError) return error
  const { code = '', responseCode = 0, message = '' } = error as Error & { code?: string; responseCode?: number }
  if (code === 'ETIMEDOUT') return tooSlow(seconds, error)
  const reason = reasonText(
    message,
    [user, password].filter((text) => text.length > 0),
  )
  if (responseCode >= 500 || code === 'EAUTH')
    return new Refused(`邮件服务器 ${STEP.text}被拒绝：${reason}`, {
      code: 'upstream_refuses',
      params: { ...params, reason },
      cause: error,
    })
  return new UpstreamBroken(`邮件服务器 ${STEP.text}失败：${reason}`, true, {
    code: 'email_failed',
    params: { reason },
    cause: error,
  })
}

/** The sender's address: the user name on the mail server, if that is an address. */
const senderOf = ({ url, user }: Server) => (user.includes('@') ? user : `gobox@${url.hostname}`)

/** Sends an e-mail over TLS, within the deadline that all calls have. Retries reuse `id`. */
export async function sendEmail(url: string, id: string, subject: string, text: string): Promise<void> {
  const { smtpUrl, upstreamTimeout } = useConfig()
  const server = serverOf(smtpUrl)
  const seconds = upstreamTimeout / 1000
  const to = recipientsOf(url)!
  const from = { name: 'goBox', address: senderOf(server) }
  const mail: SendMailOptions = { from, to, subject, text, messageId: `<${id}@gobox>` }
  const transport = await connect(server)
  const done = new AbortController()
  try {
    const deadline = sleep(upstreamTimeout, undefined, { signal: done.signal }).then(() => {
      throw tooSlow(seconds)
    })
    deadline.catch(() => undefined)
    await Promise.race([transport.sendMail(mail), deadline])
  } catch (error) {
    throw failureOf(error, server, seconds)
  } finally {
    done.abort()
    transport.close()
  }
}
