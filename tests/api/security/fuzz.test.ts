import { existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { ErrorParams } from '../../../shared/error-codes.ts'
import { expectSayable } from '../../failure-texts.ts'
import { orderMessage, useApp, type Fields, type Shop } from '../server.ts'
import { fields, id, message, query } from './arbitraries.ts'
import { routeFiles } from './route-files.ts'
import { rawRequest, RawConnection, sendRaw } from './raw.ts'

/** Runs of each property; a night's worth: GOBOX_FUZZ_RUNS=5000 npx vitest run tests/api/security/fuzz.test.ts */
const RUNS = Number(process.env.GOBOX_FUZZ_RUNS ?? 15)
const LIMIT = 30_000 + RUNS * 2000
vi.setConfig({ testTimeout: LIMIT })

const SLOWEST = 8000
const world = useApp({ NUXT_UPSTREAM_TIMEOUT: '800' })
let shop: Shop

beforeAll(async () => {
  shop = await world.app.openShopWithCredentials()
  await world.app.addDevice(shop)
  await world.app.receive(shop, 'T-1')
})

const search = (pairs: [string, string][]) =>
  pairs
    .map(([name, text]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(text.toWellFormed())}`)
    .join('&')

async function expectWell(request: string, init: RequestInit & { url: string }) {
  const { url, ...rest } = init
  const begin = performance.now()
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(SLOWEST), ...rest })
  if (
    response.headers.get('content-type')?.startsWith('text/event-stream') ||
    response.headers.has('content-disposition')
  ) {
    expect(response.status).toBe(200)
    return void (await response.body?.cancel())
  }
  const answer = await response.text()
  const told = `${request} ${url} ${String(rest.body)}: ${response.status} ${answer.slice(0, 300)}`
  expect([500, 503], told).not.toContain(response.status)
  expect(performance.now() - begin, told).toBeLessThan(SLOWEST)
  const body = JSON.parse(answer) as Fields
  const flag = url.includes('/api/create_order') ? 'status' : 'state'
  // The description of the API is a document of another making.
  if (body[flag] === 1 || body.openapi === '3.1.0') expect(response.status, told).toBe(200)
  else {
    expect(body, told).toMatchObject({ [flag]: 0, errmsg: expect.stringMatching(/[\u4E00-\u9FFF]/) })
    expectSayable(String(body.errmsg), String(body.code), body.params as ErrorParams, told)
  }
  expect(answer, told).not.toMatch(/SQLITE|sqlite|node_modules|\bat \w+ \(|drizzle|syntax error/)
}

describe('whatever a route is sent, it answers in its envelope', () => {
  it.each(
    routeFiles.flatMap(({ method, path, queries }) =>
      queries.map((action) => [`${method} ${path}${action}`, method, path, action] as const),
    ),
  )('%s', async (request, method, path, action) => {
    await fc.assert(
      fc.asyncProperty(query, fields, message, fc.boolean(), id, async (pairs, spoilt, order, isOrder, name) => {
        const token =
          path === '/api/create_order' ? shop.localToken : path === '/api/access_token' ? shop.c8Token : shop.token
        // A log-out would make every later answer a 401.
        if (request === 'DELETE /api/access_token') return
        const given = [action.slice(1), search(pairs)].filter(Boolean).join('&')
        const body = method === 'POST' || method === 'PUT' ? JSON.stringify(isOrder ? order : spoilt) : undefined
        await expectWell(request, {
          url: `${world.app.url}${path.replace('[id]', name)}?${given}`,
          method,
          body,
          headers: { token },
        })
      }),
      { numRuns: RUNS },
    )
  })

  it('also where the body is no JSON', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/api/create_order', '/api/devices', '/api/imports'),
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(
          'application/json',
          'text/plain',
          'application/x-www-form-urlencoded',
          'multipart/form-data',
          '',
        ),
        async (path, body, type) => {
          await expectWell(`POST ${path}`, {
            url: world.app.url + path,
            method: 'POST',
            body: body as Uint8Array<ArrayBuffer>,
            headers: { token: path === '/api/create_order' ? shop.localToken : shop.token, 'content-type': type },
          })
        },
      ),
      { numRuns: RUNS * 4 },
    )
  })
})

/** Memory of the app's process in MB; Linux only. */
function memoryOf(pid: number): number | undefined {
  const file = `/proc/${pid}/status`
  return existsSync(file) ? Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))![1]) / 1024 : undefined
}

describe('whatever comes over the wire, the app lives on', () => {
  const healthy = async () => expect((await fetch(`${world.app.url}/api/health`)).status).toBe(200)
  const good = () =>
    rawRequest(
      'POST',
      '/api/create_order',
      [`Token: ${shop.localToken}`, 'Content-Type: application/json'],
      JSON.stringify(orderMessage('T-raw')),
    )

  it('random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2000 }), async (bytes) => {
        const answer = await sendRaw(world.app.url, Buffer.concat([bytes, Buffer.from('\r\n\r\n')]), 300)
        if (answer) expect(answer).toMatch(/^HTTP\/1\.1 4/)
      }),
      { numRuns: RUNS * 4 },
    )
    await healthy()
  })

  it('a good request with some bytes changed, cut off, or followed by more', async () => {
    const change = fc.record({ at: fc.nat(600), to: fc.integer({ min: 0, max: 255 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 4 }),
        fc.nat(700),
        fc.uint8Array({ maxLength: 50 }),
        async (changes, end, more) => {
          const bytes = Buffer.from(good())
          for (const { at, to } of changes) bytes[at % bytes.length] = to
          const answer = await sendRaw(
            world.app.url,
            Buffer.concat([bytes.subarray(0, end || bytes.length), more]),
            300,
          )
          if (answer) expect(answer).toMatch(/^HTTP\/1\.1 (?:200|4\d\d) /)
        },
      ),
      { numRuns: RUNS * 4 },
    )
    await healthy()
  })

  it('connections that vanish in the middle', async () => {
    const count = RUNS * 20
    const begin = memoryOf(world.app.pid)
    for (let round = 0; round < count; round++) {
      const connection = new RawConnection(world.app.url)
      connection.write(good().slice(0, 1 + ((round * 7919) % 600)))
      await new Promise((resolve) => setImmediate(resolve))
      connection.socket.resetAndDestroy()
    }
    await healthy()
    if (begin !== undefined) expect(memoryOf(world.app.pid)! - begin).toBeLessThan(100)
  })
})
