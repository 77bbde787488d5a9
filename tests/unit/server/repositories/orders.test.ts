import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { oddClocks } from '#drizzle/schema/devices'
import type { OrderMessage } from '#shared/orders'
import { deleteOrder, getOrder, receiveOrder } from '#server/repositories/orders'
import { claimOrder } from '#server/repositories/import-claims'
import { markCreated, markImported, requeue } from '#server/repositories/import-steps'
import { message, useReceivedOrders } from './received-orders.ts'

const { context, receive, stored, getOrderHistory } = useReceivedOrders()
const by = { setOfBookId: null, user: 'x', address: '127.0.0.1' }

describe('receiveOrder', () => {
  it('inserts, updates and leaves alone, and says which', async () => {
    const first = message()
    expect(await receive(first)).toBe('created')
    expect(await receive(first)).toBe('unchanged')
    expect(await receive({ ...first, update_time: 2000, status: 103 })).toBe('updated')
    expect(await receive({ ...first, update_time: 1999 })).toBe('unchanged')
    expect(await receive({ ...first, update_time: 2000, status: 104 })).toBe('unchanged')
    expect(await stored(first.trans_id)).toMatchObject({ status: 103, updateTime: 2000, totalAmount: 200 })
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

  it.each([
    [100, 103, 103],
    [103, 100, 103],
    [101, 100, 100],
    [100, 101, 100],
    [100, 105, 100],
    [105, 100, 100],
    [103, 102, 103],
    [104, 103, 103],
    [103, 104, 103],
    [104, 110, 104],
    [102, 104, 104],
    [102, 110, 110],
    [110, 102, 102],
    [105, 107, 107],
    [109, 105, 105],
  ] as const)('of %i and then %i at the same time takes %i: further on wins, else the later', async (...statuses) => {
    const [first, then, kept] = statuses
    const order = message({ status: first })
    await receive(order)
    await receive({ ...order, status: then, e_id: 'later' })
    expect(await stored(order.trans_id)).toMatchObject({ status: kept, eId: kept === then ? 'later' : 'E' })
  })

  it('ends in the same status for every order in which messages of one time but other ranks arrive', async () => {
    const statuses = [101, 107, 100, 102, 104, 103] as const
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...statuses, 100, 103], { minLength: 8 }), async (shuffled) => {
        const order = message()
        await Promise.all(shuffled.map((status) => receive({ ...order, status: status as OrderMessage['status'] })))
        expect((await stored(order.trans_id)).status).toBe(103)
      }),
      { numRuns: 20 },
    )
  })

  it('counts what follows a time far ahead of the clock as newer, and remembers whose clock was odd', async () => {
    const now = Date.now()
    const order = message({ update_time: Date.parse('2099-01-01T00:00:00Z'), dev_id: 77 })
    expect(await receive(order)).toBe('created')
    expect(await receive(order)).toBe('unchanged')
    expect(await receive({ ...order, status: 103, update_time: now })).toBe('updated')
    expect(await stored(order.trans_id)).toMatchObject({ status: 103, updateTime: now })
    // The same odd message once more says nothing of when it was sent: the refund stays.
    await receive(order)
    expect(await stored(order.trans_id)).toMatchObject({ status: 103, updateTime: now })
    const clocks = await context.storage.db.select().from(oddClocks).where(eq(oddClocks.devId, 77))
    expect(clocks).toMatchObject([{ setOfBookId: context.own, updateTime: order.update_time, transId: order.trans_id }])
    expect(clocks[0]!.lastAt).toBeGreaterThanOrEqual(now)
  })

  it('knows later, too, that a stored time was ahead when it came', async () => {
    const day = 24 * 3_600_000
    const now = Date.now()
    const order = message({ update_time: now + 2 * day })
    await receiveOrder(context.own, order, 'goBox', now)
    const late = { ...order, status: 103 as const, update_time: now + 1.5 * day }
    expect(await receiveOrder(context.own, late, 'goBox', now + 1.5 * day)).toBe('updated')
    expect(await stored(order.trans_id)).toMatchObject({ status: 103, updateTime: now + 1.5 * day })
  })

  it('takes a status that is further on from a message with an odd time, and one a day ahead as any other', async () => {
    const now = Date.now()
    const order = message({ update_time: now })
    await receive(order)
    await receive({ ...order, status: 103, update_time: now + 10 * 24 * 3_600_000 })
    expect((await stored(order.trans_id)).status).toBe(103)
    const near = message({ update_time: now + 23 * 3_600_000, dev_id: 78 })
    await receive(near)
    expect(await receive({ ...near, status: 103, update_time: now })).toBe('unchanged')
    expect(await context.storage.db.select().from(oddClocks).where(eq(oddClocks.devId, 78))).toEqual([])
  })

  it('keeps the lines of an order that a later message has none for', async () => {
    const order = message()
    await receive(order)
    expect(await receive({ ...order, products: [] })).toBe('unchanged')
    expect(await receive({ ...order, products: [], update_time: 2000, status: 103 })).toBe('updated')
    expect(await stored(order.trans_id)).toMatchObject({ status: 103, totalAmount: 200, products: order.products })
    const bare = message({ products: [] })
    await receive(bare)
    expect(await receive({ ...bare, products: order.products })).toBe('updated')
    expect(await stored(bare.trans_id)).toMatchObject({ totalAmount: 200 })
  })

  it('keeps the lines, too, where some entries of a download have no barcode', async () => {
    const order = message({ products: ['A', 'B'].map((barcode) => ({ barcode, name: '水', num: 1, amount: 200 })) })
    await receive(order)
    const partial = { ...order, products: order.products.slice(0, 1), update_time: 2000 }
    await receiveOrder(context.own, partial, '自动下载', Date.now(), { isPartial: true })
    expect(await stored(order.trans_id)).toMatchObject({ updateTime: 2000, totalAmount: 400 })
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
      if (state === 'unanswered')
        await requeue(lease, {
          reason: { message: '超时', code: 'upstream_timeout' },
          dueAt: 0,
          unansweredAt: Date.now(),
        })
      if (state === 'created' || state === 'imported') await markCreated(lease, { id, code: 'LS7' }, false)
      if (state === 'imported') await markImported(lease)
      const products = [{ barcode: 'A', name: '水', num: 1, amount: 100 }]
      await receive({ ...order, status: 103, update_time: 2000, dev_id: 9, products })
      expect(await stored(order.trans_id)).toMatchObject({
        status: 103,
        updateTime: 2000,
        devId: 1,
        totalAmount: 200,
        products: order.products,
      })
      expect((await getOrderHistory(id)).at(-1)).toMatchObject({
        event: 'changed',
        detail: { withheld: { devId: [1, 9], totalAmount: [200, 100] } },
      })
    },
  )
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
    await requeue(lease, { reason: { message: '超时', code: 'upstream_timeout' }, dueAt: 0, unansweredAt: Date.now() })
    await expect(deleteOrder(context.own, id, by)).rejects.toMatchObject({ status: 409 })
  })
})
