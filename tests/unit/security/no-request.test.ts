import type { RequestListener } from 'node:http'
import { describe, expect, it } from 'vitest'
import { sendRaw } from '../../api/security/raw.ts'
import { envelope, readAnswers, useLimitedServer } from './limited-server.ts'

const { serve, connect } = useLimitedServer()

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
