import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { makeCertificate } from './certificate.ts'

/** An e-mail as it came. */
interface TakenMail {
  to: string[]
  text: string
}

export interface MailServer {
  port: number
  /** For those who are to trust it. */
  certificate: string
  mails: TakenMail[]
  close: () => Promise<void>
}

/** A mail server on loopback that takes e-mails under TLS (STARTTLS); `withoutTls` offers none. */
export async function startMailServer({ withoutTls = false } = {}): Promise<MailServer> {
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
        mails.push({ to, text: Buffer.concat(chunks).toString('utf8') })
        done()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo
  return { port, certificate: cert, mails, close: () => new Promise((resolve) => server.close(resolve)) }
}
