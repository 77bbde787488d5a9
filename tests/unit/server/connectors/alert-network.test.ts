import dns from 'node:dns'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sendToWebhook } from '#server/connectors/alert-robots'
import { sendEmail } from '#server/connectors/email'
import { makeCertificate } from '../../../../sandbox/certificate.ts'
import { startMailServer, type MailServer } from '../../../../sandbox/mail.ts'

const secret = `whsec_${Buffer.from('0123456789abcdef').toString('base64')}`
const lookup = dns.lookup
const asked: string[] = []
let inside: Server
let mail: MailServer
let address: string

beforeAll(async () => {
  inside = createServer(makeCertificate(), (request, response) => {
    asked.push(request.url!)
    response.end()
  })
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve))
  mail = await startMailServer({ withoutTls: true })
  const origin = `https://hooks.example:${(inside.address() as AddressInfo).port}`
  address = `${origin}/hook`
  // Read once, when they are asked for first.
  process.env.NUXT_ALERT_ALLOWED_ORIGINS = origin
  process.env.NUXT_SMTP_URL = `smtp://127.0.0.1:${mail.port}`
})
afterAll(async () => {
  dns.lookup = lookup
  inside.close()
  await mail.close()
})

it('a name that leads into our own network since it was allowed gets nothing', async () => {
  const names: string[] = []
  dns.lookup = ((name: string, options: object, done: (error: null, all: dns.LookupAddress[]) => void) => {
    names.push(name)
    done(null, [{ address: '127.0.0.1', family: 4 }])
  }) as unknown as typeof dns.lookup
  await expect(sendToWebhook(address, secret, 'msg_1', '{}', Date.now())).rejects.toMatchObject({
    code: 'upstream_unreachable',
  })
  dns.lookup = lookup
  expect(names).toEqual(['hooks.example'])
  expect(asked).toEqual([])
})

it('a mail server without TLS gets no e-mail', async () => {
  await expect(sendEmail('mailto:a@b.example', 'msg_1', 's', 't')).rejects.toMatchObject({ code: 'upstream_refuses' })
  expect(mail.mails).toEqual([])
})
