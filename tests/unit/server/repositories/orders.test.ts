import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderMessage } from '#shared/orders'
import { deleteOrder, getOrder, getOrderHistory, receiveOrder } from '#server/repositories/orders'
import { queryOrders } from '#server/repositories/order-queries'
import { claimOrder, markCreated, markImported, requeue } from '#server/repositories/order-imports'
import { useTestStorage } from '../storage.ts'

const context = useTestStorage()
let count = 0

function message(changes: Partial<OrderMessage> = {}): OrderMessage {
  return {
    trans_id: `T${++count}`,
    status: 100,
    e_id: 'E',
    dev_id: 1,
    create_time: 1000,
    update_time: 1000,
    products: [{ barcode: 'A', name: '水', num: 1, amount: 200 }],
    ...changes,
  }
}

const by = { setOfBookId: null, user: 'x', address: '127.0.0.1' }
const receive = (order: OrderMessage, setOfBookId = context.own) =>
  receiveOrder(setOfBookId, order, 'goBox', Date.now())
const page = { start: 0, limit: 1000, sort: '-create_time' as const }

async function stored(trans_id: string, setOfBookId = context.own) {
  const {
    rows: [row],
  } = await queryOrders(setOfBookId, { trans_id, ...page })
  return row ?? expect.fail(`${trans_id} is not stored`)
}

describe('receiveOrder', () => {
  it('inserts, updates and leaves alone, and says which', async () => {
    const first = message()
    expect(await receive(first)).toBe('created')
    expect(await receive(first)).toBe('unchanged')
    expect(await receive({ ...first, update_time: 2000, status: 103 })).toBe('updated')
    expect(await receive({ ...first, update_time: 1999 })).toBe('unchanged')
    expect(await receive({ ...first, update_time: 2000, status: 104 })).toBe('updated')
    expect(await stored(first.trans_id)).toMatchObject({ status: 104, updateTime: 2000, totalAmount: 200 })
  })

  it('ends in the same row for every order in which messages of different times arrive, also more than once', async () => {
    const versions = [1, 2, 3, 4].map((version) => ({
      status: ([100, 102, 103, 104] as const)[version - 1]!,
      e_id: `E${version}`,
      dev_id: version,
      create_time: version,
      update_time: version * 1000,
      products: [{ barcode: `B${version}`, name: '水', num: version, amount: version * 100 }],
    }))
    const deliveries = fc
      .shuffledSubarray(versions, { minLength: 4 })
      .chain((all) => fc.tuple(fc.constant(all), fc.array(fc.constantFrom(...versions), { maxLength: 6 }), fc.nat()))
      .map(([all, again, at]) => [...all.slice(0, at % 5), ...again, ...all.slice(at % 5)])
    await fc.assert(
      fc.asyncProperty(deliveries, fc.boolean(), async (delivered, together) => {
        const { trans_id } = message()
        const send = (version: (typeof versions)[number]) => receive({ ...version, trans_id })
        if (together) await Promise.all(delivered.map(send))
        else for (const version of delivered) await send(version)
        const { status, eId, devId, createTime, updateTime, totalAmount, products } = await stored(trans_id)
        expect({ status, eId, devId, createTime, updateTime, totalAmount, products }).toEqual({
          status: 104,
          eId: 'E4',
          devId: 4,
          createTime: 4,
          updateTime: 4000,
          totalAmount: 400,
          products: versions[3]!.products,
        })
      }),
      { numRuns: 60 },
    )
  })

  it('keeps orders of two account sets with one trans_id apart', async () => {
    const order = message()
    await receive(order)
    await receive({ ...order, status: 103 }, context.neighbour)
    expect((await stored(order.trans_id)).status).toBe(100)
    expect((await stored(order.trans_id, context.neighbour)).status).toBe(103)
    expect(await getOrder(context.neighbour, (await stored(order.trans_id)).id)).toBeUndefined()
  })

  it('writes each change into the history, with what was and what is', async () => {
    const order = message()
    await receive(order)
    await receive({ ...order, update_time: 2000, status: 103 })
    const history = await getOrderHistory((await stored(order.trans_id)).id)
    expect(history).toMatchObject([
      {
        sequence: 1,
        event: 'changed',
        user: 'goBox',
        detail: { change: { status: [100, 103], updateTime: [1000, 2000] } },
      },
    ])
  })

  it.each(['sending', 'unanswered', 'created', 'imported'])(
    'keeps the body of an order that is %s, and notes what came too late',
    async (state) => {
      const order = message()
      await receive(order)
      const { id } = await stored(order.trans_id)
      const lease = { orderId: id, lease: 'L', user: 'x' }
      await claimOrder(id, 'L', by, 1)
      if (state === 'unanswered') await requeue(lease, { reason: '超时', dueAt: 0, unanswered: true })
      if (state === 'created' || state === 'imported') await markCreated(lease, { id: 7, code: 'LS7' }, false)
      if (state === 'imported') await markImported(lease)
      await receive({ ...order, status: 103, update_time: 2000, dev_id: 9, products: [] })
      expect(await stored(order.trans_id)).toMatchObject({
        status: 103,
        updateTime: 2000,
        devId: 1,
        totalAmount: 200,
        products: order.products,
      })
      expect((await getOrderHistory(id)).at(-1)).toMatchObject({
        event: 'changed',
        detail: { withheld: { devId: [1, 9], totalAmount: [200, 0] } },
      })
    },
  )
})

describe('claimOrder', () => {
  it('gives an order to one of many that want it at once', async () => {
    const order = message()
    await receive(order)
    const { id } = await stored(order.trans_id)
    const claims = await Promise.all(Array.from({ length: 20 }, (_, index) => claimOrder(id, `L${index}`, by, 1)))
    expect(claims.filter(Boolean)).toHaveLength(1)
  })

  it('lets only the holder of the lease go on', async () => {
    const order = message()
    await receive(order)
    const { id } = await stored(order.trans_id)
    await claimOrder(id, 'mine', by, 1)
    expect(await markCreated({ orderId: id, lease: 'other', user: 'x' }, { id: 1, code: 'c' }, false)).toBeUndefined()
    expect(await stored(order.trans_id)).toMatchObject({ importState: 'sending', retailId: null })
  })
})

describe('deleteOrder', () => {
  it("deletes only the account set's own, with its history", async () => {
    const order = message()
    await receive(order)
    await receive({ ...order, update_time: 2000, status: 103 })
    const { id } = await stored(order.trans_id)
    expect(await deleteOrder(context.neighbour, id, by)).toBe(false)
    expect(await deleteOrder(context.own, id, by)).toBe(true)
    expect(await deleteOrder(context.own, id, by)).toBe(false)
    expect(await getOrderHistory(id)).toEqual([])
  })

  it('refuses an order that C8 has or may have', async () => {
    const order = message()
    await receive(order)
    const { id } = await stored(order.trans_id)
    const lease = { orderId: id, lease: 'L', user: 'x' }
    await claimOrder(id, 'L', by, 1)
    await expect(deleteOrder(context.own, id, by)).rejects.toMatchObject({ status: 409 })
    await requeue(lease, { reason: '超时', dueAt: 0, unanswered: true })
    await expect(deleteOrder(context.own, id, by)).rejects.toMatchObject({ status: 409 })
  })
})
