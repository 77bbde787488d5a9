import { describe, expect, it } from 'vitest'
import { deviceInput, orderMessage, type Fields } from './server.ts'
import { useWebhook } from './webhook.ts'

const { context, world, send, newId, orders, events, stored, line } = useWebhook()

describe('a later message', () => {
  it('of the same time takes no refund back, and one that is further on is taken', async () => {
    const transId = newId()
    for (const status of [100, 103, 100, 101])
      expect((await send({ ...orderMessage(transId), status })).status).toBe(200)
    expect((await stored(transId)).status).toBe(103)
  })

  it('is newer than one whose time is far ahead of the clock', async () => {
    const transId = newId()
    await send({ ...orderMessage(transId), update_time: '2099-01-01 00:00:00', dev_id: 4711 })
    await send({ ...orderMessage(transId), status: 103, update_time: '2026-11-21 00:00:00' })
    expect(await stored(transId)).toMatchObject({ status: 103, update_time: '2026-11-21 00:00:00' })
    expect(context.app.rows('SELECT trans_id FROM odd_clocks WHERE dev_id = 4711')).toEqual([{ trans_id: transId }])
  })

  const later = {
    status: 103,
    e_id: 'E-2',
    dev_id: 2,
    create_time: '2026-11-20 10:00:01',
    products: [{ ...line, amount: 9.99 }],
  }

  it.each([
    ['newer', '2026-11-20 10:00:06'],
    ['equal', '2026-11-20 10:00:05'],
    ['equal, in another form', '2026-11-20T02:00:05Z'],
  ])('replaces every field when its update_time is %s', async (_, update_time) => {
    const transId = newId()
    await send(orderMessage(transId))
    const before = await stored(transId)
    expect((await send({ ...orderMessage(transId), ...later, update_time })).body).toEqual({ status: 1 })
    expect(await stored(transId)).toEqual({
      ...before,
      ...later,
      total_amount: 9.99,
      products: [{ ...line, amount: 9.99, cost: null }],
      update_time: update_time.includes('06') ? '2026-11-20 10:00:06' : '2026-11-20 10:00:05',
    })
  })

  it('that is older changes nothing and is taken', async () => {
    const transId = newId()
    await send(orderMessage(transId))
    const before = [orders(), events()]
    expect((await send({ ...orderMessage(transId), ...later, update_time: '2026-11-20 10:00:04' })).body).toEqual({
      status: 1,
    })
    expect([orders(), events()]).toEqual(before)
  })

  it('that is the same leaves one order without an entry in its history', async () => {
    const transId = newId()
    for (let time = 0; time < 3; time++) expect((await send(orderMessage(transId))).body).toEqual({ status: 1 })
    const { id } = await stored(transId)
    expect(context.app.rows('SELECT * FROM order_events WHERE order_id = ?', id)).toEqual([])
  })

  it('sent 20 times at once makes one order and no error', async () => {
    const transId = newId()
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(orderMessage(transId))))
    expect(answers.map(({ body }) => body)).toEqual(answers.map(() => ({ status: 1 })))
    expect(context.app.rows('SELECT id FROM orders WHERE trans_id = ?', transId)).toHaveLength(1)
  })

  it('wins over all others that come at once when it is the newest', async () => {
    const transId = newId()
    const messages = Array.from({ length: 20 }, (_, second) => ({
      ...orderMessage(transId),
      e_id: `E-${second}`,
      update_time: `2026-11-20 11:00:${String(second).padStart(2, '0')}`,
    }))
    const shuffled = messages.toSorted(() => Math.random() - 0.5)
    expect((await Promise.all(shuffled.map((message) => send(message)))).every(({ status }) => status === 200)).toBe(
      true,
    )
    expect(await stored(transId)).toMatchObject({ e_id: 'E-19', update_time: '2026-11-20 11:00:19' })
  })

  it("is told in the order's history, in public names and forms", async () => {
    const transId = newId()
    const id = await context.app.receive(world.shop, transId)
    await send({ ...orderMessage(transId), status: 103, update_time: '2026-11-20 10:00:06' })
    const { body } = await context.app.ask<{ history: Fields[] }>(`GET /api/orders/${id}`, { token: world.shop.token })
    expect(body.history).toMatchObject([
      { event: 'received', user: 'goBox' },
      {
        event: 'changed',
        user: 'goBox',
        change: { status: [100, 103], update_time: ['2026-11-20 10:00:05', '2026-11-20 10:00:06'] },
      },
    ])
  })
})

describe('an order that is imported', () => {
  it('keeps device, lines and amount; its status and update_time follow', async () => {
    const { app } = context
    const sold = await app.openShop()
    await app.addDevice(sold)
    const id = await app.receive(sold, 'T-frozen')
    expect((await app.ask(`POST /api/orders/${id}?action=import`, { token: sold.token })).status).toBe(200)
    const before = await app.findOrder(sold, 'T-frozen')
    const refund = {
      ...orderMessage('T-frozen'),
      status: 103,
      e_id: 'other',
      dev_id: 5,
      create_time: '2026-11-01 00:00:00',
      update_time: '2026-11-20 12:00:00',
      products: [line],
    }
    expect((await send(refund, sold.localToken)).body).toEqual({ status: 1 })
    const after = await app.findOrder(sold, 'T-frozen')
    expect(after).toMatchObject({ status: 103, update_time: '2026-11-20 12:00:00' })
    const { dev_id, products, total_amount, retail_id } = before!
    expect(after).toMatchObject({ dev_id, products, total_amount, retail_id, is_imported: true })
    expect((await send({ ...refund, status: 100, update_time: '2026-11-20 11:59:59' }, sold.localToken)).body).toEqual({
      status: 1,
    })
    expect(await app.findOrder(sold, 'T-frozen')).toEqual(after)
  })

  it('keeps them while it is being sent, too', async () => {
    const { app } = context
    const sold = await app.openShop()
    await app.addDevice(sold, deviceInput())
    const id = await app.receive(sold, 'T-sending')
    await app.sandbox.control.fault({ step: 'c8.retail_create', kind: 'slow', ms: 400, times: 1 })
    const importing = app.ask(`POST /api/orders/${id}?action=import`, { token: sold.token })
    await expect.poll(async () => (await app.sandbox.control.counts())['c8.retail_create']).toBe(1)
    expect(
      (
        await send(
          { ...orderMessage('T-sending'), status: 102, update_time: '2026-11-20 12:00:00', products: [line] },
          sold.localToken,
        )
      ).body,
    ).toEqual({ status: 1 })
    expect((await importing).status).toBe(200)
    expect(await app.findOrder(sold, 'T-sending')).toMatchObject({
      status: 102,
      update_time: '2026-11-20 12:00:00',
      total_amount: 10.5,
      is_imported: true,
    })
    expect(await app.sandbox.control.documents('T-sending')).toMatchObject([{ total_amount: 10.5 }])
  })
})
