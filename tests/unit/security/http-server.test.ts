import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { createLimitedServer } from '../../../server/utils/http-server.ts'
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
async function serve(limits: Limits = {}): Promise<string> {
  server = createLimitedServer((_, response) => response.end('{"state":1}'), { checkEvery: 50, ...limits }).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function connect(url: string) {
  const connection = new RawConnection(url)
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
    expect(readAnswer(connection.received)).toEqual({
      status: 408,
      body: expect.stringMatching(/^\{"state":0,"errmsg":".*太慢/),
    })
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

  it('are bounded in all', async () => {
    const url = await serve({ maxConnections: 3 })
    for (let count = 0; count < 3; count++) await once(connect(url).socket, 'connect')
    await sleep(50)
    expect(await answered(url)).toBe(false)
    connections[0]!.destroy()
    await sleep(50)
    expect(await answered(url)).toBe(true)
  })

  it('are bounded for each address, and free again when they end', async () => {
    const url = await serve({ maxPerAddress: 3 })
    for (let count = 0; count < 3; count++) await once(connect(url).socket, 'connect')
    await sleep(50)
    expect(await answered(url)).toBe(false)
    connections[0]!.destroy()
    await sleep(50)
    expect(await answered(url)).toBe(true)
  })

  it('may come from an address that speaks for many', async () => {
    const url = await serve({ maxPerAddress: 3, exempt: new Set(['127.0.0.1']) })
    for (let count = 0; count < 5; count++) await once(connect(url).socket, 'connect')
    expect(await answered(url)).toBe(true)
  })
})

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
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: <script>\r\n\r\n', 400],
    ['a host with a path', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 400],
    ['headers of 64 KiB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(65_536)}\r\n\r\n`, 431],
  ])('%s is refused', async (name, bytes, status) => {
    const answer = readAnswer(await sendRaw(await serve(), bytes, 500))
    expect(answer.status).toBe(status)
    if (name !== 'no host')
      expect(JSON.parse(answer.body)).toEqual({ state: 0, errmsg: expect.stringMatching(/[\u4E00-\u9FFF]/) })
  })
})
