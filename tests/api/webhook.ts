import { beforeAll, expect } from 'vitest'
import { useApp, type Fields, type Shop } from './server.ts'

/** An app with a shop whose orders come to the webhook. */
export function useWebhook() {
  const context = useApp()
  const world = {} as { shop: Shop }
  let count = 0

  beforeAll(async () => {
    world.shop = await context.app.openShop()
  })

  const send = (body: unknown, token = world.shop.localToken) =>
    context.app.ask('POST /api/create_order', { token, body })
  const sendRaw = (raw: string | Uint8Array, headers?: Record<string, string>) =>
    context.app.ask('POST /api/create_order', { token: world.shop.localToken, raw, headers })
  const newId = () => `T${++count}`
  const orders = () => context.app.rows('SELECT * FROM orders')
  const events = () => context.app.rows('SELECT * FROM order_events')
  const refused = (errmsg: RegExp) =>
    expect.objectContaining({ status: 0, errmsg: expect.stringMatching(errmsg) as string }) as Fields

  async function stored(transId: string) {
    const order = await context.app.findOrder(world.shop, transId)
    return order ?? expect.fail(`${transId} is not stored`)
  }

  const line = { barcode: '1', name: '水', num: 1, amount: 1 }

  /** Sends a message that must be refused with 400, naming the field, and change nothing. */
  async function expectRefusal(message: unknown, errmsg: RegExp) {
    const before = context.app.snapshot()
    const { status, body } = await send(message)
    expect({ status, body }).toEqual({ status: 400, body: refused(errmsg) })
    expect(context.app.snapshot()).toEqual(before)
  }

  return { context, world, send, sendRaw, newId, orders, events, refused, stored, line, expectRefusal }
}
