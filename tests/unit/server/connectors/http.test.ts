import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { callUpstream, isProvablyUnsent } from '#server/connectors/http'
import { UpstreamBroken, UpstreamTimeout } from '#server/errors'

/** The addresses must be known before the settings are first read; nobody listens at `deserted`. */
const { TIMEOUT, MAX_BYTES, server, url, deserted } = await vi.hoisted(async () => {
  const { createServer } = await import('node:http')
  const listen = async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }
  const [{ server, url }, gone] = [await listen(), await listen()]
  await new Promise((resolve) => gone.server.close(resolve))
  Object.assign(process.env, {
    NUXT_UPSTREAM_TIMEOUT: '1000',
    NUXT_UPSTREAM_MAX_BYTES: '1000',
    NUXT_C8_ALLOWED_ORIGINS: `${url},${gone.url}`,
  })
  return { TIMEOUT: 1000, MAX_BYTES: 1000, server, url, deserted: gone.url }
})

let answer: RequestListener
let requests = 0

beforeAll(
  () =>
    void server.on('request', (request, response) => {
      requests++
      answer(request, response)
    }),
)
afterAll(
  () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
)

const call = (options: Partial<Parameters<typeof callUpstream>[0]> = {}) =>
  callUpstream({ upstream: 'C8', step: { name: 'find_product', text: '查询条码' }, url, ...options })

async function failure(): Promise<{ error: UpstreamBroken; took: number }> {
  const begin = performance.now()
  const error: unknown = await call().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UpstreamBroken)
  return { error: error as UpstreamBroken, took: performance.now() - begin }
}

describe('callUpstream', () => {
  it('sends method, headers and body, and reads JSON', async () => {
    let seen = {}
    answer = async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      seen = { method: request.method, token: request.headers.token, body }
      response.end('{"a":[1]}')
    }
    expect(await call({ method: 'POST', headers: { token: 't' }, body: '{"x":1}' })).toEqual({
      status: 200,
      body: { a: [1] },
    })
    expect(seen).toEqual({ method: 'POST', token: 't', body: '{"x":1}' })
  })

  it.each(['', '  \n', 'null'])('reads %j as null', async (text) => {
    answer = (_, response) => response.end(text)
    expect(await call()).toEqual({ status: 200, body: null })
  })

  it('reads a compressed answer', async () => {
    answer = (_, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync('{"a":1}'))
    expect((await call()).body).toEqual({ a: 1 })
  })

  it('hands a refusal on with what stands in it, also where that is no JSON', async () => {
    answer = (_, response) => response.writeHead(422).end('{"errmsg":"no"}')
    expect(await call()).toEqual({ status: 422, body: { errmsg: 'no' }, text: '{"errmsg":"no"}' })
    answer = (_, response) => response.writeHead(404).end('期间已关闭')
    expect(await call()).toEqual({ status: 404, body: undefined, text: '期间已关闭' })
    answer = (_, response) => response.writeHead(400).end(Buffer.from([0xc6, 0xda, 0xbc, 0xe4, 0x21]))
    expect(await call()).toEqual({ status: 400, body: undefined, text: expect.stringMatching(/!$/) })
  })

  it('keeps the digits of long ids', async () => {
    answer = (_, response) => response.end('{"trans_id":1234567890123456789}')
    expect((await call()).body).toEqual({ trans_id: '1234567890123456789' })
  })

  it.each([500, 501, 502, 503, 504, 507, 520, 524, 599, 408, 429])(
    'takes %i as a fault, after which the call may still take effect',
    async (status) => {
      answer = (_, response) => response.writeHead(status).end('{}')
      expect((await failure()).error).toMatchObject({
        status: 502,
        unanswered: true,
        message: `C8 查询条码失败：服务出错（${status}），请稍后再试`,
      })
    },
  )

  it.each([301, 302, 303, 307, 308, 304])('does not follow a %i', async (status) => {
    answer = (_, response) => response.writeHead(status, { location: `${url}/elsewhere` }).end()
    requests = 0
    expect((await failure()).error).toMatchObject({ unanswered: true, message: expect.stringContaining('跳转') })
    expect(requests).toBe(1)
  })

  it('ends at the deadline when nothing comes', async () => {
    answer = () => undefined
    const { error, took } = await failure()
    expect(error).toBeInstanceOf(UpstreamTimeout)
    expect(error).toMatchObject({
      status: 504,
      unanswered: true,
      message: expect.stringContaining('C8 查询条码超时（1 秒'),
    })
    expect(took).toBeLessThan(TIMEOUT + 1500)
  })

  it.each<[string, RequestListener]>([
    [
      'the headers came in time and the body drips',
      (_, response) => {
        response.writeHead(200)
        const timer = setInterval(() => response.write(' '), 20)
        response.once('close', () => clearInterval(timer))
      },
    ],
    [
      'the body stops in the middle',
      (_, response) => void response.writeHead(200, { 'content-length': 10 }).write('{"a"'),
    ],
  ])('ends at the deadline when %s', async (_, listener) => {
    answer = listener
    const { error, took } = await failure()
    expect(error).toBeInstanceOf(UpstreamTimeout)
    expect(took).toBeLessThan(TIMEOUT + 1500)
  })

  it('takes an answer up to the bound, and stops reading a larger one', async () => {
    answer = (_, response) => response.end(JSON.stringify('x'.repeat(MAX_BYTES - 2)))
    expect((await call()).status).toBe(200)
    let sent = 0
    answer = (_, response) => {
      const write = () => {
        while (!response.destroyed && sent < 50_000_000 && response.write('x'.repeat(10_000))) sent += 10_000
      }
      response.on('drain', write)
      write()
    }
    expect((await failure()).error).toMatchObject({
      unanswered: true,
      message: expect.stringContaining('超过 1000 字节'),
    })
    expect(sent).toBeLessThan(50_000_000)
  })

  it('counts the bytes after they are unpacked: a zip bomb is too large, too', async () => {
    const bomb = gzipSync('x'.repeat(5_000_000))
    answer = (_, response) => response.setHeader('content-encoding', 'gzip').end(bomb)
    expect((await failure()).error.message).toContain('超过 1000 字节')
  })

  it.each<[string, RequestListener]>([
    ['is no JSON', (_, response) => response.end('<html>')],
    ['is no UTF-8', (_, response) => response.end(Buffer.from([0x22, 0xc4, 0xe3, 0x22]))],
    ['ends too early', (_, response) => response.end('{"a":')],
  ])('says that an answer cannot be read which %s', async (_, listener) => {
    answer = listener
    expect((await failure()).error).toMatchObject({
      status: 502,
      unanswered: true,
      message: expect.stringContaining('无法读懂'),
    })
  })

  it('says that the connection broke, and that the call may have arrived', async () => {
    answer = (request) => request.socket.resetAndDestroy()
    expect((await failure()).error).toMatchObject({
      status: 502,
      unanswered: true,
      message: expect.stringContaining('连接中断'),
    })
  })

  it('says that nobody is there, and that nothing has arrived', async () => {
    const error: unknown = await call({ url: deserted }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ status: 502, unanswered: false, message: expect.stringContaining('连接不上') })
  })

  it.each<[string, object]>([
    ['a refused connection', { code: 'ECONNREFUSED', syscall: 'connect' }],
    ['no way to the host', { code: 'EHOSTUNREACH', syscall: 'connect' }],
    [
      'every address tried in vain',
      Object.assign(new AggregateError([{ syscall: 'connect' }, { syscall: 'connect' }])),
    ],
    ['an unknown name', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }],
    ['a connection not made in time', { code: 'UND_ERR_CONNECT_TIMEOUT' }],
    ['a certificate that does not hold', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
    ["another host's certificate", { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }],
  ])('%s proves that nothing was sent', (_, cause) => {
    expect(isProvablyUnsent(new TypeError('fetch failed', { cause }))).toBe(true)
  })

  it.each<[string, object]>([
    ['a reset', { code: 'ECONNRESET', syscall: 'read' }],
    ['a host that went away under the call', { code: 'EHOSTUNREACH', syscall: 'read' }],
    ['a connection that timed out under the call', { code: 'ETIMEDOUT', syscall: 'write' }],
    ['a record that TLS cannot read', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }],
    ['the other side closing', { code: 'UND_ERR_SOCKET' }],
    ['an address that failed beside one that did not', Object.assign(new AggregateError([{ syscall: 'connect' }, {}]))],
    ['nothing known', {}],
  ])('%s does not', (_, cause) => {
    expect(isProvablyUnsent(new TypeError('fetch failed', { cause }))).toBe(false)
  })
})

describe('an address that is not among the settings', () => {
  it.each(['http://127.0.0.1:1', 'https://c8.example', 'file:///etc/passwd', 'nonsense'])(
    'gets nothing sent: %s',
    async (other) => {
      requests = 0
      await expect(call({ url: other })).rejects.toMatchObject({
        status: 422,
        message: expect.stringContaining('NUXT_C8_ALLOWED_ORIGINS'),
      })
      await expect(call({ upstream: 'goBox' })).rejects.toMatchObject({
        status: 422,
        message: expect.stringContaining('NUXT_GOBOX_URL'),
      })
      expect(requests).toBe(0)
    },
  )
})
