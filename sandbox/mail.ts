import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { makeCertificate } from './certificate.ts'

/** An e-mail as it came. */
interface TakenMail {
  to: string[]
  at: number
  /** What people read below the subject. */
  text: string
}

export interface MailServer {
  port: number
  /** For those who are to trust it. */
  certificate: string
  mails: TakenMail[]
  close: () => Promise<void>
}

/** The text of an e-mail of one part. */
function readText(mail: Buffer): string {
  const end = mail.indexOf('\r\n\r\n')
  const head = mail.toString('latin1', 0, end)
  const body = mail.toString('latin1', end + 4)
  if (/^content-transfer-encoding: base64/im.test(head)) return Buffer.from(body, 'base64').toString('utf8')
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, byte: string) => String.fromCharCode(parseInt(byte, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** A mail server on loopback that takes e-mails under TLS (STARTTLS); `withoutTls` offers none. */
export async function startMailServer({ withoutTls = false, now = Date.now } = {}): Promise<MailServer> {
  const { cert, key } = makeCertificate()
  const mails: TakenMail[] = []
  const server = new SMTPServer({
    cert,
    key,
    authOptional: true,
    hideSTARTTLS: withoutTls,
    disabledCommands: withoutTls ? ['STARTTLS', 'AUTH'] : ['AUTH'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address)
        mails.push({ to, at: now(), text: readText(Buffer.concat(chunks)) })
        done()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo
  return { port, certificate: cert, mails, close: () => new Promise((resolve) => server.close(resolve)) }
}
