import { beforeAll, describe, expect, it } from 'vitest'
import { useApp, type Fields, type Shop } from './server.ts'

const MIB = 1024 * 1024
const context = useApp()
let shop: Shop

const ask = (request: string, token: string) => context.app.ask(request, { token })
const line = (number: number, name: string) => ({ barcode: `69${number}`, name, num: 1, amount: 250 })

beforeAll(async () => {
  shop = await context.app.openShop()
})

describe("an order's history", () => {
  const MESSAGES = 300
  let id: number

  beforeAll(async () => {
    const products = (amount: number) =>
      Array.from({ length: 200 }, (_, index) => ({ ...line(index, '长'.repeat(200)), amount }))
    for (let number = 0; number <= MESSAGES; number++) {
      id = await context.app.receive(shop, 'T-history', {
        products: products(number % 100),
        update_time: 1763600000 + number,
      })
    }
  })

  const sizeOf = async (path: string) => {
    const response = await fetch(context.app.url + path, { headers: { token: shop.token } })
    const text = await response.text()
    return { size: Buffer.byteLength(text), body: JSON.parse(text) as Fields & { history: Fields[]; root: Fields[] } }
  }

  it('comes with the order by its newest 200 entries, with the lines that changed', async () => {
    const { size, body } = await sizeOf(`/api/orders/${id}`)
    expect(size).toBeLessThan(8 * MIB)
    expect(body.history).toHaveLength(200)
    expect(body.history_total).toBe(MESSAGES + 1)
    expect(body.history.at(-1)).toMatchObject({
      event: 'changed',
      sequence: MESSAGES,
      lines: { lines: expect.arrayContaining([expect.objectContaining({ after: { amount: 0 } })]) },
    })
    const [{ bytes }] = context.app.rows<{ bytes: number }>(
      'SELECT sum(length(cast(detail AS text))) AS bytes FROM order_events WHERE order_id = ?',
      id,
    ) as [{ bytes: number }]
    expect(bytes / MESSAGES).toBeLessThan(20_000)
  })

  it('is read on by pages, newest first, to its arrival', async () => {
    const seen: Fields[] = []
    for (let total = Infinity; seen.length < total;) {
      const { size, body } = await sizeOf(`/api/orders/${id}/history?start=${seen.length}&limit=1000`)
      expect(size).toBeLessThan(8 * MIB)
      expect(body.root.length).toBeLessThanOrEqual(200)
      expect(body.root.length).toBeGreaterThan(0)
      seen.push(...body.root)
      total = body.total as number
    }
    expect(seen.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: MESSAGES + 1 }, (_, index) => MESSAGES - index),
    )
    expect(seen.at(-1)).toMatchObject({ event: 'received' })
    const stranger = await context.app.openShop()
    expect((await ask(`GET /api/orders/${id}/history`, stranger.token)).status).toBe(404)
  })
})
