import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RawConnection } from './security/raw.ts'
import { failed, orderMessage, useApp, type PublicOrder, type Shop } from './server.ts'

const MIB = 1024 * 1024
const context = useApp()
let shop: Shop
/** With so many orders that a search or an export takes a while. */
let large: Shop
const connections: RawConnection[] = []

/** Orders of the account set in one statement, as years would bring them. */
function addOrders({ id }: Shop, count: number, name: string, products: object[] = [line(1)]) {
  context.app.change(
    `INSERT INTO orders (set_of_book_id, trans_id, status, e_id, dev_id, create_time, update_time, total_amount, products, created_at, created_user)
     WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
     SELECT ${id}, '${name}' || n, 100, 'E', 1, 1763600000000, 0, 250, ?, 0, 'goBox' FROM numbers`,
    JSON.stringify(products),
  )
}

const line = (number: number, name = '水') => ({ barcode: `69${number}`, name, num: 1, amount: 250 })

beforeAll(async () => {
  shop = await context.app.openShop()
  large = await context.app.openShop()
  addOrders(large, 60_000, 'L')
})

afterEach(() => {
  for (const connection of connections.splice(0)) connection.destroy()
})

/** A request whose answer nobody reads further than its beginning. */
async function askWithoutReading(path: string, token: string): Promise<{ connection: RawConnection; status: number }> {
  const connection = new RawConnection(context.app.url)
  connections.push(connection)
  connection.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nToken: ${token}\r\n\r\n`)
  const [text] = (await once(connection.socket, 'data')) as [string]
  connection.socket.pause()
  return { connection, status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]) }
}

const ask = (request: string, token: string) => context.app.ask(request, { token })

function cpuSeconds(): number {
  const [, , ...fields] = /^(\d+) (\(.*\)) (.*)$/.exec(readFileSync(`/proc/${context.app.pid}/stat`, 'utf8').trim())!
  const [user, system] = fields.join(' ').split(' ').slice(11, 13).map(Number)
  return (user! + system!) / 100
}

const memoryMiB = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${context.app.pid}/status`, 'utf8'))![1]) / 1024

describe('event streams', () => {
  let path: string

  beforeAll(async () => {
    await context.app.addDevice(shop)
    await context.app.receive(shop, 'S1')
    await context.app.sandbox.control.fault({ step: 'c8.products', kind: 'slow', ms: 60_000 })
    const { body } = await context.app.ask('POST /api/imports', { token: shop.token, body: { filter: {} } })
    path = `/api/imports/${body.id}/events`
  })

  it('of a session are four, then 429 until one of them ends', async () => {
    const opened = await Promise.all(Array.from({ length: 4 }, () => askWithoutReading(path, shop.token)))
    expect(opened.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const refused = await ask(`GET ${path}`, shop.token)
    expect(refused).toMatchObject({ status: 429, body: failed(/进度太多/) })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const { token } = await context.app.logIn(shop.name, 1)
    expect((await askWithoutReading(path, token)).status).toBe(200)
    opened[0]!.connection.destroy()
    await expect.poll(async () => (await askWithoutReading(path, shop.token)).status).toBe(200)
  })
})

describe('exports', () => {
  it('of a session are two, then 429 until one of them ends', async () => {
    const path = '/api/orders/export?format=csv'
    const opened = await Promise.all([1, 2].map(() => askWithoutReading(path, large.token)))
    expect(opened.map(({ status }) => status)).toEqual([200, 200])
    const refused = await ask(`GET ${path}`, large.token)
    expect(refused).toMatchObject({ status: 429, body: failed(/导出的文件太多/) })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await fetch(context.app.url + path, { headers: { token: shop.token } })).status).toBe(200)
    opened[0]!.connection.destroy()
    await expect.poll(async () => (await askWithoutReading(path, large.token)).status).toBe(200)
  })

  it('stop when their client leaves', async () => {
    for (const format of ['csv', 'xlsx']) {
      const { connection } = await askWithoutReading(`/api/orders/export?format=${format}&q=L`, large.token)
      connection.destroy()
      await expect
        .poll(async () => {
          const before = cpuSeconds()
          await sleep(500)
          return cpuSeconds() - before
        })
        .toBeLessThan(0.2)
    }
  })
})

describe('searches', () => {
  const search = '/api/orders?action=trade_view&q=nobody'

  it('of a session are four at once, then 429; others can search meanwhile', async () => {
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () => ask(`GET ${search}`, large.token)),
      ask(`GET ${search}`, shop.token),
    ])
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(5)
    expect(statuses).toContain(429)
    expect(statuses.at(-1)).toBe(200)
    const refused = answers.find(({ status }) => status === 429)!
    expect(refused.body).toEqual(failed(/搜索太多/))
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await ask(`GET ${search}`, large.token)).status).toBe(200)
  })

  it('by the hundred on one connection that then breaks leave the thread free', async () => {
    const connection = new RawConnection(context.app.url)
    connection.write(`GET ${search} HTTP/1.1\r\nHost: x\r\nToken: ${large.token}\r\n\r\n`.repeat(1000))
    await sleep(20)
    connection.destroy()
    await sleep(200)
    const before = cpuSeconds()
    const begin = performance.now()
    const { status } = await context.app.ask('POST /api/create_order', {
      token: shop.localToken,
      body: orderMessage('T-after'),
    })
    expect(status).toBe(200)
    expect(performance.now() - begin).toBeLessThan(1000)
    await sleep(1000)
    expect(cpuSeconds() - before).toBeLessThan(0.5)
  })

  it('let messages of goBox pass', async () => {
    const sessions = await Promise.all(Array.from({ length: 5 }, () => context.app.logIn(large.name, 1)))
    let isOver = false
    const searching = Promise.all(
      sessions.flatMap(({ token }) => [1, 2, 3].map(() => ask(`GET ${search}&sort=total_amount`, token))),
    ).finally(() => (isOver = true))
    const waits: number[] = []
    for (let number = 0; !isOver; number++) {
      const begin = performance.now()
      const body = orderMessage(`T-beside-${number}`)
      expect((await context.app.ask('POST /api/create_order', { token: shop.localToken, body })).status).toBe(200)
      waits.push(performance.now() - begin)
    }
    await searching
    expect(waits.length).toBeGreaterThan(2)
    expect(Math.max(...waits)).toBeLessThan(1000)
  })
})

describe('an answer', () => {
  const COUNT = 120
  let heavy: Shop

  beforeAll(async () => {
    heavy = await context.app.openShop()
    const lines = Array.from({ length: 200 }, (_, index) => line(index, '长'.repeat(256)))
    addOrders(heavy, COUNT, 'H', lines)
  })

  it('is at most 8 MiB; who goes on behind the rows received gets all of them', async () => {
    for (const sort of ['-create_time', 'create_time', '-total_amount']) {
      const seen: number[] = []
      for (let total = Infinity; seen.length < total;) {
        const response = await fetch(
          `${context.app.url}/api/orders?action=trade_view&limit=1000&sort=${sort}&start=${seen.length}`,
          { headers: { token: heavy.token } },
        )
        const text = await response.text()
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8 * MIB)
        const page = JSON.parse(text) as { total: number; root: PublicOrder[] }
        expect(page.total).toBe(COUNT)
        expect(page.root.length).toBeGreaterThan(seen.length === 0 ? 20 : 0)
        seen.push(...page.root.map(({ id }) => id))
        total = page.total
      }
      expect(seen).toHaveLength(COUNT)
      expect(new Set(seen).size).toBe(COUNT)
    }
  })

  it('that nobody reads takes little memory, however often it is asked for', async () => {
    const before = memoryMiB()
    const path = '/api/orders?action=trade_view&limit=1000'
    await Promise.all(Array.from({ length: 40 }, () => askWithoutReading(path, heavy.token)))
    await sleep(300)
    expect(memoryMiB() - before).toBeLessThan(160)
    expect((await ask(`GET ${path}`, heavy.token)).status).toBe(200)
  })
})
