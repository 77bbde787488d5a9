import { connect, type Socket } from 'node:net'

/** One connection to the app that takes bytes as they are, and what came back on it. */
export class RawConnection {
  readonly socket: Socket
  received = ''
  /** When the app closed it, on performance.now()'s clock. */
  closedAt: number | undefined
  readonly closed: Promise<void>

  /** `from` is an address of the loopback interface to speak from. */
  constructor(url: string, from?: string) {
    const { hostname, port } = new URL(url)
    this.socket = connect({ host: hostname, port: Number(port), localAddress: from, allowHalfOpen: false })
    this.socket
      .setEncoding('utf8')
      .on('data', (text: string) => (this.received += text))
      .on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      this.socket.once('close', () => {
        this.closedAt = performance.now()
        resolve()
      })
    })
  }

  write(bytes: string | Uint8Array): boolean {
    return !this.socket.destroyed && this.socket.write(bytes)
  }

  destroy() {
    this.socket.destroy()
  }
}

/** Sends bytes and waits until the app closes the connection; the request should ask for that. */
export async function sendRaw(url: string, bytes: string | Uint8Array, limit = 5000): Promise<string> {
  const connection = new RawConnection(url)
  connection.write(bytes)
  const timer = setTimeout(() => connection.destroy(), limit)
  await connection.closed
  clearTimeout(timer)
  return connection.received
}

/** A request as text, which ends its connection. */
export function rawRequest(method: string, target: string, headers: string[] = [], body = ''): string {
  return (
    [
      `${method} ${target} HTTP/1.1`,
      'Host: localhost',
      'Connection: close',
      ...headers,
      ...(body ? [`Content-Length: ${Buffer.byteLength(body)}`] : []),
    ].join('\r\n') + `\r\n\r\n${body}`
  )
}

/** Status and body of a raw answer. */
export function readAnswer(text: string): { status: number; body: string } {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]), body: rest.join('\r\n\r\n') }
}
