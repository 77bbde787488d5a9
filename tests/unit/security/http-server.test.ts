import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { noteGobox } from '../../../server/http/connections.ts'
import { createLimitedServer } from '../../../server/http/limited-server.ts'
import { RawConnection, rawRequest, readAnswer, sendRaw } from '../../api/security/raw.ts'

type Limits = NonNullable<Parameters<typeof createLimitedServer>[1]>

let server: Server
const connections: RawConnection[] = []

afterEach(() => {
  for (const connection of connections.splice(0)) connection.destroy()
  server.close()
  server.closeAllConnections()
})

/** A server that answers at once, without reading the body. */
async function serve(
  limits: Limits = {},
  listener: RequestListener = (_, response) => response.end('{"state":1}'),
): Promise<string> {
  server = createLimitedServer(listener, { checkEvery: 50, ...limits }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function connect(url: string, from?: string) {
  const connection = new RawConnection(url, from)
  connections.push(connection)
  return connection
}

/** Milliseconds until the server closes the connection, to which `drip` is sent byte by byte. */
async function lifetime(url: string, drip: string): Promise<{ connection: RawConnection; ms: number }> {
  const connection = connect(url)
  const begin = performance.now()
  void (async () => {
    for (const byte of drip) {
      if (!connection.write(byte) && connection.socket.destroyed) return
      await sleep(20)
    }
  })()
  await Promise.race([connection.closed, sleep(5000)])
  return { connection, ms: (connection.closedAt ?? Infinity) - begin }
}

describe('a slow client', () => {
  it('that never ends its headers is told so and cut off', async () => {
    const { connection, ms } = await lifetime(
      await serve({ headersTimeout: 300, requestTimeout: 5000 }),
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(1000)}`,
    )
    expect(ms).toBeLessThan(3000)
    expect(readAnswers(connection.received)).toEqual([{ status: 408, body: envelope }])
  })

  it('that sends nothing at all is cut off', async () => {
    expect((await lifetime(await serve({ headersTimeout: 300, requestTimeout: 600 }), '')).ms).toBeLessThan(3000)
  })

  it('that never ends its body is cut off, also when it was answered long ago', async () => {
    const url = await serve({ headersTimeout: 200, requestTimeout: 400, discard: 10_000 })
    expect(
      (await lifetime(url, `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n${'x'.repeat(800)}`)).ms,
    ).toBeLessThan(4000)
  })
})

describe('a body that nobody reads', () => {
  it('is thrown away for a while, then the connection ends', async () => {
    const connection = connect(await serve({ discard: 300 }))
    connection.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n')
    const begin = performance.now()
    const feed = setInterval(() => connection.write('x'.repeat(16_384)), 5)
    await connection.closed
    clearInterval(feed)
    expect(connection.received).toMatch(/"state":1/)
    expect(connection.closedAt! - begin).toBeLessThan(2000)
  })

  it('that ends in time leaves the connection usable', async () => {
    const connection = connect(await serve({ discard: 300 }))
    connection.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n')
    await sleep(50)
    connection.write('xxx')
    await sleep(500)
    connection.write(rawRequest('GET', '/'))
    await connection.closed
    expect(connection.received.match(/"state":1/g)).toHaveLength(2)
  })
})

describe('many connections', () => {
  const answered = async (url: string) => (await sendRaw(url, rawRequest('GET', '/'), 1000)).includes('"state":1')
  const isOpen = (connection: RawConnection) => connection.closedAt === undefined

  /** Connections one after the other, so that their order is known. */
  async function open(url: string, count: number, host?: string): Promise<RawConnection[]> {
    const opened: RawConnection[] = []
    for (let index = 0; index < count; index++) {
      const connection = connect(url, host)
      await once(connection.socket, 'connect')
      opened.push(connection)
    }
    await sleep(50)
    return opened
  }

  /** A server whose answers to `/slow` never come; whose requests to `/gobox` count as goBox's. */
  async function serveSlowly(limits: Limits = {}) {
    const url = await serve({ maxConnections: 3, ...limits }, (request, response) => {
      if (request.url === '/slow') return
      if (request.url === '/gobox') noteGobox(request.socket)
      response.end('{"state":1}')
    })
    return url
  }

  const busy = (connection: RawConnection) => connection.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')

  it('are bounded in all', async () => {
    const url = await serveSlowly()
    const opened = await open(url, 3)
    opened.forEach(busy)
    await sleep(50)
    expect(await answered(url)).toBe(false)
    opened[0]!.destroy()
    await sleep(50)
    expect(await answered(url)).toBe(true)
  })

  it('give way where they are silent, the oldest first, those between two requests last', async () => {
    const url = await serveSlowly()
    const [idle, silent, asking] = (await open(url, 3)) as [RawConnection, RawConnection, RawConnection]
    idle.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    busy(asking)
    await sleep(50)
    expect(await answered(url)).toBe(true)
    expect([idle, silent, asking].map(isOpen)).toEqual([true, false, true])
    const [next] = await open(url, 1)
    expect(await answered(url)).toBe(true)
    expect([idle, next!, asking].map(isOpen)).toEqual([true, false, true])
  })

  it('of a client that has not ended its headers count as silent', async () => {
    const url = await serveSlowly()
    const opened = await open(url, 3)
    for (const connection of opened) connection.write('GET / HTTP/1.1\r\nHost: x\r\nX: ')
    await sleep(50)
    expect(await answered(url)).toBe(true)
    expect(opened.map(isOpen)).toEqual([false, true, true])
  })

  it('are bounded for each address, whose own silent ones give way first', async () => {
    const url = await serveSlowly({ maxConnections: 100, maxPerAddress: 3 })
    const [stranger] = await open(url, 1, '127.0.0.2')
    const opened = await open(url, 3)
    expect(await answered(url)).toBe(true)
    expect([stranger!, ...opened].map(isOpen)).toEqual([true, false, true, true])
    const others = [...opened.slice(1), ...(await open(url, 1))]
    others.forEach(busy)
    await sleep(50)
    expect(await answered(url)).toBe(false)
    expect((await open(url, 1, '127.0.0.2')).map(isOpen)).toEqual([true])
  })

  it('may come from an address that speaks for many', async () => {
    const url = await serveSlowly({ maxConnections: 100, maxPerAddress: 3, exempt: new Set(['127.0.0.1']) })
    const opened = await open(url, 5)
    opened.forEach(busy)
    expect(await answered(url)).toBe(true)
  })

  it('of goBox stay while strangers come and go, and goBox finds a place among them', async () => {
    const url = await serveSlowly()
    const [gobox] = await open(url, 1, '127.0.0.9')
    gobox!.write('GET /gobox HTTP/1.1\r\nHost: x\r\n\r\n')
    await sleep(50)
    const strangers = await open(url, 20)
    expect(isOpen(gobox!)).toBe(true)
    expect(strangers.filter(isOpen)).toHaveLength(2)
    expect((await open(url, 1, '127.0.0.9')).map(isOpen)).toEqual([true])
    expect(isOpen(gobox!)).toBe(true)
  })
})

const envelope = {
  state: 0,
  errmsg: expect.stringMatching(/[\u4E00-\u9FFF]/) as string,
  code: expect.stringMatching(/^[a-z_]+$/) as string,
}

/** The answers on one connection, of which none is as long as the buffer of a socket. */
function readAnswers(text: string) {
  return text
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .map(readAnswer)
    .map(({ status, body }) => ({ status, body: JSON.parse(body) as object }))
}

describe('what is no HTTP request', () => {
  it.each([
    ['garbage', '\0\u0001\u0002garbage\r\n\r\n', 400],
    ['a bad header', 'GET / HTTP/1.1\r\nno colon\r\n\r\n', 400],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: x\r\nToken: a\0b\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx', 400],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['an encoding that is none', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, x\r\n\r\nabc', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n', 400],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: <script>\r\n\r\n', 400],
    ['a host with a path', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 400],
    ['a method that nobody knows', 'FOO / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a version that nobody knows', 'GET / HTTP/1.9\r\nHost: x\r\n\r\n', 400],
    ['the hello of TLS', Buffer.from('16030100c8010000c40303', 'hex'), 400],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
    ['an unknown expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\n\r\n', 417],
    ['headers of 64 KiB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(65_536)}\r\n\r\n`, 431],
  ])('%s is refused', async (_, bytes, status) => {
    const received = await sendRaw(await serve(), bytes, 500)
    expect(readAnswers(received)).toEqual([{ status, body: expect.objectContaining(envelope) }])
    expect(received).toMatch(/^x-content-type-options: nosniff\r\n/im)
    if (status === 405) expect(received).toMatch(/^Allow: GET, /im)
  })

  it.each([
    ['GET / HTTP/1.0\r\n\r\n', 'of HTTP/1.0, which knows no host'],
    ['GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n', 'with an upgrade'],
    ['POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n', 'that waits for a yes'],
  ])('a request %j is one', async (bytes) => {
    expect((await sendRaw(await serve(), bytes, 500)).match(/"state":1/g)).toHaveLength(1)
  })

  it.each([
    ['POST /api/create_order HTTP/1.1\r\n\r\n', 400],
    ['POST /api/create_order?a=1 HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\n\r\n', 417],
  ])('%j is told in the form of goBox', async (bytes, status) => {
    const { state: _, ...body } = envelope
    expect(readAnswers(await sendRaw(await serve(), bytes, 500))).toEqual([{ status, body: { status: 0, ...body } }])
  })
})

describe('garbage behind a good request', () => {
  const slowly: RequestListener = (request, response) =>
    void setTimeout(() => response.end(`{"state":1,"url":"${request.url}"}`), request.url === '/1' ? 300 : 50)
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`

  it('is refused after the answer', async () => {
    const bytes = `${get('/1')}${get('/2')}\0garbage\r\n\r\n`
    expect(readAnswers(await sendRaw(await serve({}, slowly), bytes, 2000))).toEqual([
      { status: 200, body: { state: 1, url: '/1' } },
      { status: 200, body: { state: 1, url: '/2' } },
      { status: 400, body: envelope },
    ])
  })

  it('ends the connection, however much of it comes', async () => {
    const connection = connect(await serve({}, slowly))
    connection.write(get('/1'))
    const feed = setInterval(() => connection.write('\0garbage\r\n\r\n'), 10)
    await connection.closed
    clearInterval(feed)
    expect(readAnswers(connection.received).map(({ status }) => status)).toEqual([200, 400])
  })

  it('in the middle of its body is refused at once', async () => {
    const bytes = 'POST /1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'
    expect(readAnswers(await sendRaw(await serve({}, slowly), bytes, 2000))).toEqual([{ status: 400, body: envelope }])
  })
})

it('ends a connection that sends more requests than anybody who waits for answers', async () => {
  let asked = 0
  const url = await serve({ maxPipelined: 5 }, () => asked++)
  const connection = connect(url)
  connection.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1000))
  await connection.closed
  expect(asked).toBe(5)
})
