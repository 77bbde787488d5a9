import { describe, expect, it } from 'vitest'
import { orderMessage } from './server.ts'
import { useWebhook } from './webhook.ts'

const { context, world, send, sendRaw, newId, refused, stored, line } = useWebhook()

describe('the token of the webhook', () => {
  it.each<[string, () => { token?: string }, RegExp]>([
    ['a missing token', () => ({}), /Token/],
    ['an empty token', () => ({ token: '' }), /Token/],
    ['a wrong token', () => ({ token: 'wrong' }), /本地令牌/],
    ['a token with one character more', () => ({ token: `${world.shop.localToken}0` }), /本地令牌/],
    ['the token of a staff session', () => ({ token: world.shop.token }), /本地令牌/],
  ])('refuses %s before it reads the body, and stores nothing', async (_, credentials, errmsg) => {
    for (const body of [orderMessage('T0'), { nonsense: true }]) {
      const before = context.app.snapshot()
      const answer = await context.app.ask('POST /api/create_order', { ...credentials(), body })
      expect(answer).toMatchObject({ status: 401, body: refused(errmsg) })
      expect(context.app.snapshot()).toEqual(before)
    }
  })

  it('decides the account set, not a parameter', async () => {
    const neighbour = await context.app.openShop()
    const transId = newId()
    expect(
      (await send({ ...orderMessage(transId), set_of_book: neighbour.name, set_of_book_id: neighbour.id })).body,
    ).toEqual({ status: 1 })
    expect(await context.app.findOrder(neighbour, transId)).toBeUndefined()
    expect(await stored(transId)).toMatchObject({ set_of_book: world.shop.name })
  })

  it('lets two account sets have the same trans_id', async () => {
    const neighbour = await context.app.openShop()
    const transId = newId()
    await send(orderMessage(transId))
    await send({ ...orderMessage(transId), e_id: 'theirs' }, neighbour.localToken)
    expect((await stored(transId)).e_id).toBe('E-1')
    expect((await context.app.findOrder(neighbour, transId))?.e_id).toBe('theirs')
  })
})

describe('a first message', () => {
  it('is stored with every field, and names goBox as its user', async () => {
    const transId = newId()
    const { status, body } = await send(orderMessage(transId))
    expect({ status, body }).toEqual({ status: 200, body: { status: 1 } })
    expect(await stored(transId)).toEqual({
      ...orderMessage(transId),
      id: expect.any(Number),
      set_of_book: world.shop.name,
      device_name: null,
      total_amount: 10.5,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      created_user: 'goBox',
      is_imported: false,
      imported_at: null,
      imported_user: null,
      retail_id: null,
      retail_code: null,
      import_state: 'idle',
      import_error: null,
      import_error_code: null,
      import_error_params: null,
      import_retry_at: null,
      refund_handled_at: null,
      refund_handled_user: null,
      refund_note: null,
      awaits_c8: false,
      is_under_way: false,
    })
  })

  it('of a device that is not configured is kept', async () => {
    const transId = newId()
    expect((await send({ ...orderMessage(transId), dev_id: -1 })).status).toBe(200)
    expect((await stored(transId)).dev_id).toBe(-1)
  })

  it.each([100, 101, 102, 103, 104, 105, 107, 109, 110])('may have status %i', async (status) => {
    const transId = newId()
    expect((await send({ ...orderMessage(transId), status })).status).toBe(200)
    expect((await stored(transId)).status).toBe(status)
  })

  it('may have numbers as text, parameters in the query, and fields that are not known', async () => {
    const transId = newId()
    const { status, ...rest } = orderMessage(transId)
    const products = [{ ...line, num: '2.5', amount: '0.10', cost: '3', colour: 'red' }]
    const answer = await context.app.ask(`POST /api/create_order?status=${status + 1}`, {
      token: world.shop.localToken,
      body: { ...rest, dev_id: '7', products, extra: { deep: [] } },
    })
    expect(answer.body).toEqual({ status: 1 })
    expect(await stored(transId)).toMatchObject({
      status: 101,
      dev_id: 7,
      products: [{ num: 2.5, amount: 0.1, cost: 3 }],
      total_amount: 0.1,
    })
  })

  it('may leave out the cost, and have 200 lines', async () => {
    const transId = newId()
    await send({ ...orderMessage(transId), products: Array.from({ length: 200 }, () => ({ ...line, amount: 0.1 })) })
    const order = await stored(transId)
    expect(order.products).toHaveLength(200)
    expect(order).toMatchObject({
      total_amount: 20,
      products: expect.arrayContaining([{ ...line, amount: 0.1, cost: null }]),
    })
  })

  it('keeps text as it was sent: quotes, emoji, SQL, blanks inside', async () => {
    const transId = `'; DROP TABLE orders; -- "é" 😀 ${newId()}`
    await send({ ...orderMessage(transId), e_id: '', products: [{ ...line, name: '<b>\'"\\ 水 🍵</b>' }] })
    expect(await stored(transId)).toMatchObject({
      trans_id: transId,
      e_id: '',
      products: [{ name: '<b>\'"\\ 水 🍵</b>' }],
    })
  })

  it('is on disk once it is answered: a kill -9 right after the answer loses nothing', async () => {
    const ids = Array.from({ length: 50 }, newId)
    const answers = await Promise.all(ids.map((id) => send(orderMessage(id))))
    await context.app.kill9()
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200))
    await context.app.start()
    const kept = new Set(
      context.app.rows<{ trans_id: string }>('SELECT trans_id FROM orders').map((row) => row.trans_id),
    )
    expect(ids.filter((id) => !kept.has(id))).toEqual([])
  })
})

describe('a body', () => {
  it.each<[string, string | Uint8Array, number, RegExp]>([
    ['that is empty', '', 400, /必填/],
    ['that is not JSON', '{"trans_id": "T1"', 400, /JSON/],
    ['with single quotes', "{'trans_id': 1}", 400, /JSON/],
    ['that is a list', '[]', 400, /JSON 对象/],
    ['that is null', 'null', 400, /JSON 对象/],
    ['that is text', '"x"', 400, /JSON 对象/],
    ['that is a number', '1', 400, /JSON 对象/],
    ['nested 100,000 deep', '['.repeat(100_000) + ']'.repeat(100_000), 400, /JSON/],
    [
      'nested 100,000 deep with a numeric id',
      `{"trans_id":1,"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      400,
      /./,
    ],
    ['in another encoding', Buffer.from([0x7b, 0x22, 0xc4, 0xe3, 0x22, 0x3a, 0x31, 0x7d]), 400, /UTF-8/],
    ['of 2 MiB', `{"trans_id":"${'x'.repeat(2 * 1024 * 1024)}"}`, 413, /1 MiB/],
  ])('%s is refused', async (_, raw, status, errmsg) => {
    const before = context.app.snapshot()
    const answer = await sendRaw(raw, { 'content-type': 'application/json' })
    expect(answer).toMatchObject({ status, body: refused(errmsg) })
    expect(context.app.snapshot()).toEqual(before)
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=gbk',
    'application/jsonp',
    'text/json',
  ])('sent as %s is refused', async (type) => {
    const answer = await sendRaw(JSON.stringify(orderMessage('T-type')), { 'content-type': type })
    expect(answer).toMatchObject({ status: 415, body: refused(/application\/json/) })
    expect(await context.app.findOrder(world.shop, 'T-type')).toBeUndefined()
  })

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset=UTF-8',
    'application/vnd.gobox+json',
  ])('sent as %s is read', async (type) => {
    const transId = newId()
    expect((await sendRaw(JSON.stringify(orderMessage(transId)), { 'content-type': type })).body).toEqual({ status: 1 })
  })

  it('without a content type is read as JSON, with a byte order mark too', async () => {
    const transId = newId()
    const bytes = Buffer.from(`\uFEFF${JSON.stringify(orderMessage(transId))}`)
    expect((await sendRaw(bytes)).body).toEqual({ status: 1 })
    expect((await stored(transId)).trans_id).toBe(transId)
  })

  it('with keys of Object.prototype does no harm', async () => {
    const transId = newId()
    const raw = JSON.stringify(orderMessage(transId)).replace('{', '{"__proto__":{"status":1},"constructor":1,')
    expect((await sendRaw(raw)).body).toEqual({ status: 1 })
    expect(await stored(transId)).toMatchObject({ status: 100 })
  })
})
