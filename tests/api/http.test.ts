import { once } from 'node:events'
import { connect } from 'node:net'
import { beforeAll, describe, expect, it } from 'vitest'
import { itHolds, type Scenario, type World } from './scenarios.ts'
import { failed, orderMessage, useApp } from './server.ts'

const context = useApp()
let world: World

beforeAll(async () => {
  world = { app: context.app, shop: await context.app.openShop(), ids: {} }
})

/** Sends bytes as they are and reads until the server hangs up. */
async function speak(...chunks: (string | Buffer | number)[]): Promise<string> {
  const { hostname, port } = new URL(context.app.url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.on('data', (chunk) => (text += chunk)).on('error', () => undefined)
  await once(socket, 'connect')
  for (const chunk of chunks) {
    if (typeof chunk === 'number') await new Promise((resolve) => setTimeout(resolve, chunk))
    else if (!socket.destroyed) socket.write(chunk)
  }
  if (!socket.destroyed) await once(socket, 'close')
  return text
}

const routes: [path: string, methods: string[]][] = [
  ['/api/create_order', ['POST']],
  ['/api/access_token', ['GET', 'DELETE']],
  ['/api/set_of_books', ['GET']],
  ['/api/set_of_books/1', ['PUT']],
  ['/api/devices', ['GET', 'POST']],
  ['/api/devices/1', ['GET', 'PUT', 'DELETE']],
  ['/api/orders', ['GET']],
  ['/api/orders/1', ['GET', 'POST', 'DELETE']],
  ['/api/stores', ['GET']],
  ['/api/banks', ['GET']],
  ['/api/employees', ['GET']],
  ['/api/members', ['GET']],
  ['/api/imports', ['GET', 'POST']],
  ['/api/imports/1', ['GET']],
  ['/api/imports/1/retry', ['POST']],
  ['/api/imports/1/cancel', ['POST']],
  ['/api/imports/1/events', ['GET']],
  ['/api/automation', ['GET', 'PUT']],
  ['/api/rejected_messages', ['GET']],
  ['/api/rejected_messages/1', ['GET', 'DELETE']],
  ['/api/rejected_messages/1/replay', ['POST']],
  ['/api/rejected_messages/1/check', ['POST']],
  ['/api/health', ['GET']],
  ['/api/summary', ['GET']],
  ['/api/audit', ['GET']],
  ['/api/set_of_books/1/token', ['POST']],
]

describe('a wrong method', () => {
  const wrong = routes.flatMap(([path, allowed]) =>
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
      .filter((method) => !allowed.includes(method))
      .map((method) => [method, path, allowed] as const),
  )

  it.each(wrong)('%s %s answers 405 and names those that there are', async (method, path, allowed) => {
    const { status, headers } = await context.app.ask(`${method} ${path}`, { token: world.shop.token })
    expect(status).toBe(405)
    expect(headers.get('allow')?.split(', ').sort()).toEqual([...allowed].sort())
  })
})

describe('an unknown path', () => {
  const paths = [
    '/api',
    '/api/',
    '/API/devices',
    '/api/nothing',
    '/api/devices/1/2',
    '/api/orders/1/import',
    '/api/create_order/1',
    '/api/__proto__',
    '/api/%00',
    '/api/%E0%A4%A',
    '/api/..%2fhealth',
  ]
  itHolds(
    paths.flatMap((path): Scenario[] => [
      { says: `${path} is not found by staff`, request: `GET ${path}`, status: 404 },
      { says: `${path} asks nobody but staff`, who: 'nobody', request: `GET ${path}`, status: 401 },
    ]),
    () => world,
  )

  it.each([
    '/API/devices',
    '/Api/orders?action=trade_view',
    '//api/devices',
    '/%61pi/devices',
    '/api//devices',
    '/api/devices/',
    '/api/./devices',
    '/api;x/devices',
    '/\\api/devices',
  ])('%s shows no data without a token', async (path) => {
    const answer = await speak(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    expect(answer).not.toContain('"root"')
    expect(answer).not.toContain('"total"')
  })
})

describe('a body', () => {
  const post = `POST /api/create_order HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n`
  const token = () => `token: ${world.shop.localToken}\r\n`
  const stored = () => context.app.rows('SELECT id FROM orders').length

  it('that says it is too large is refused, in a form that the client can read', async () => {
    const answer = await speak(
      `${post}${token()}content-length: 3000000\r\n\r\n`,
      Buffer.alloc(1_500_000, 32),
      Buffer.alloc(1_500_000, 32),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toMatch(/\{"status":0,"errmsg":"请求体超过 1 MiB/)
  })

  it('that is too large without saying so is refused while it streams in', async () => {
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`
    const answer = await speak(`${post}${token()}transfer-encoding: chunked\r\n\r\n`, chunk, chunk, '0\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('that is too large and never ends is answered after two seconds', async () => {
    const answer = await speak(`${post}${token()}content-length: 3000000\r\n\r\n`, Buffer.alloc(1_500_000, 32))
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('of exactly 1 MiB is read', async () => {
    const message = JSON.stringify({ ...orderMessage('T-limit'), filler: '' })
    const raw = message.replace('"filler":""', `"filler":"${'x'.repeat(1024 * 1024 - Buffer.byteLength(message))}"`)
    expect(Buffer.byteLength(raw)).toBe(1024 * 1024)
    expect((await context.app.ask('POST /api/create_order', { token: world.shop.localToken, raw })).status).toBe(200)
    expect(
      (await context.app.ask('POST /api/create_order', { token: world.shop.localToken, raw: `${raw} ` })).status,
    ).toBe(413)
  })

  it('that breaks off stores nothing', async () => {
    const before = stored()
    const { hostname, port } = new URL(context.app.url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.write(
      `${post}${token()}content-length: 500\r\n\r\n${JSON.stringify(orderMessage('T-broken')).slice(0, 100)}`,
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    expect((await context.app.ask('GET /api/health')).body).toEqual({ state: 1 })
    expect(stored()).toBe(before)
  })

  it('that arrives byte by byte, in pieces of characters, is read', async () => {
    const body = Buffer.from(JSON.stringify(orderMessage('T-drip')))
    const pieces = Array.from({ length: Math.ceil(body.length / 7) }, (_, index) =>
      body.subarray(index * 7, index * 7 + 7),
    ).flatMap((piece) => [piece, 1])
    const answer = await speak(`${post}${token()}content-length: ${body.length}\r\n\r\n`, ...pieces)
    expect(answer).toContain('{"status":1}')
    expect((await context.app.findOrder(world.shop, 'T-drip'))?.products).toMatchObject([
      { name: '农夫山泉' },
      { name: '怡宝' },
    ])
  })

  it.each(['null', '[]', '"x"', '7', '{', '{"name":}', 'undefined'])(
    'of a staff route that is %s gets the other envelope',
    async (raw) => {
      expect(await context.app.ask('POST /api/devices', { token: world.shop.token, raw })).toMatchObject({
        status: 400,
        body: failed(/JSON/),
      })
    },
  )

  it('of a staff route with another type is refused', async () => {
    const answer = await context.app.ask('POST /api/devices', {
      token: world.shop.token,
      raw: 'name=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(answer).toMatchObject({ status: 415, body: failed(/application\/json/) })
  })
})

describe('the health check', () => {
  it('asks for no token', async () => {
    const { status, body } = await context.app.ask('GET /api/health')
    expect({ status, body }).toEqual({ status: 200, body: { state: 1 } })
  })
})

describe('any other path', () => {
  it('is the page', async () => {
    const response = await fetch(`${context.app.url}/orders`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/html')
  })
})
