import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import process from 'node:process'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findRetails } from '../../../server/connectors/c8-retails.ts'
import type { C8Access } from '../../../server/connectors/c8.ts'
import { callUpstream } from '../../../server/connectors/http.ts'
import { parseOrigin } from '../../../server/config.ts'

const MAX_BYTES = 100_000
let c8: Server
let stranger: Server
let listener: RequestListener
const seen: IncomingMessage[] = []
const strangerSaw: IncomingMessage[] = []
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

beforeAll(async () => {
  c8 = createServer((request, response) => {
    seen.push(request)
    listener(request, response)
  }).listen(0, '127.0.0.1')
  stranger = createServer((request, response) => {
    strangerSaw.push(request)
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await Promise.all([once(c8, 'listening'), once(stranger, 'listening')])
  // Read once, at the first call.
  Object.assign(process.env, {
    NUXT_C8_ALLOWED_ORIGINS: urlOf(c8),
    NUXT_UPSTREAM_MAX_BYTES: String(MAX_BYTES),
    NUXT_UPSTREAM_TIMEOUT: '10000',
  })
})
afterAll(() => {
  for (const server of [c8, stranger]) {
    server.close()
    server.closeAllConnections()
  }
})

const ask = (url = `${urlOf(c8)}/api/x`, upstream: 'C8' | 'goBox' = 'C8') =>
  callUpstream({ upstream, step: { name: 'find_product', text: '试' }, url, headers: { token: 'secret' } })

/** Quickly: the best quality takes so long that the connection of the question before it is closed. */
const fastBrotli = (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })

describe('an answer', () => {
  it('is asked for uncompressed', async () => {
    listener = (_, response) => response.end('{}')
    await ask()
    expect(seen.at(-1)!.headers['accept-encoding']).toBe('identity')
  })

  it.each([
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['br', fastBrotli],
    ['gzip, gzip', (bytes: Buffer) => gzipSync(gzipSync(bytes))],
  ])('of %s that unfolds to 50 MB is cut at the bound', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(50_000_000, 0x20))
    expect(bomb.length).toBeLessThan(MAX_BYTES * 4)
    listener = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bomb)
    const before = process.memoryUsage().rss
    await expect(ask()).rejects.toThrow(/回答超过 100000 字节/)
    expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000)
  })

  it('that goes on without end is cut at the bound', async () => {
    let sent = 0
    listener = (_, response) => {
      const timer = setInterval(() => {
        sent += 10_000
        response.write('x'.repeat(10_000))
      }, 1)
      response.once('close', () => clearInterval(timer))
    }
    await expect(ask()).rejects.toThrow(/回答超过/)
    expect(sent).toBeLessThan(MAX_BYTES * 10)
  })

  it.each([301, 302, 303, 307, 308])('%i that sends elsewhere is not followed', async (status) => {
    listener = (_, response) => response.writeHead(status, { location: urlOf(stranger) }).end()
    await expect(ask()).rejects.toThrow(/没有跟随/)
    expect(strangerSaw).toEqual([])
  })

  it('that refuses is quoted as text, at most 200 characters of it', async () => {
    listener = (_, response) =>
      response.end(JSON.stringify({ state: 0, errmsg: `<b>x</b>\u0000\n${'长'.repeat(500)}` }))
    const access: C8Access = { c8Origin: urlOf(c8), c8Token: 'secret' }
    const error = (await findRetails(access, 'T-1').catch((error: Error) => error)) as Error
    expect(error.message).toMatch(/^C8 .+被拒绝：<b>x<\/b> 长+…$/)
    expect(error.message.length).toBeLessThan(230)
  })
})

describe('an address', () => {
  it.each([
    ['another port', () => urlOf(stranger)],
    ['another host', () => urlOf(stranger).replace('127.0.0.1', 'localhost')],
    ['the allowed one as user name', () => urlOf(stranger).replace('http://', `http://${new URL(urlOf(c8)).host}@`)],
    ['the allowed one as subdomain', () => `http://127.0.0.1.nip.invalid:${new URL(urlOf(c8)).port}`],
    ['a path of our own', () => '/api/orders'],
    ['another scheme', () => 'file:///etc/passwd'],
    ['credentials', () => urlOf(c8).replace('http://', 'http://user:secret@')],
  ])('with %s gets nothing', async (_, url) => {
    const before = seen.length
    await expect(ask(`${url()}/api/x`)).rejects.toThrow(/不再允许访问这个 C8 地址/)
    expect([strangerSaw.length, seen.length - before]).toEqual([0, 0])
  })

  it('of C8 gets nothing that is meant for goBox', async () => {
    await expect(ask(undefined, 'goBox')).rejects.toThrow(/不再允许访问这个 goBox 地址/)
  })

  it.each([
    ['https://c8.example.com/path?x#y', 'https://c8.example.com'],
    ['https://C8.Example.com:443', 'https://c8.example.com'],
    ['https://user@c8.example.com', null],
    ['https://:p@c8.example.com', null],
    ['javascript:alert(1)', null],
    ['//c8.example.com', null],
    ['c8.example.com', null],
    ['', null],
  ])('%s has the origin %s', (address, origin) => {
    expect(parseOrigin(address)).toBe(origin)
  })
})
