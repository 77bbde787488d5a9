import { setTimeout as sleep } from 'node:timers/promises'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { noteGobox } from '../../../server/http/connections.ts'
import type { RawConnection } from '../../api/security/raw.ts'
import { rawRequest, sendRaw } from '../../api/security/raw.ts'
import { envelope, readAnswers, useLimitedServer, type Limits } from './limited-server.ts'

const { serve, connect } = useLimitedServer()

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

it('ends a connection that sends more requests than anybody who waits for answers', async () => {
  let asked = 0
  const url = await serve({ maxPipelined: 5 }, () => asked++)
  const connection = connect(url)
  connection.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1000))
  await connection.closed
  expect(asked).toBe(5)
})
