import { beforeAll, describe, expect, it } from 'vitest'
import { deviceInput, orderMessage, useApp, type Fields, type Shop } from './server.ts'

const context = useApp()
let shop: Shop
let count = 0

beforeAll(async () => {
  shop = await context.app.openShop()
})

const send = (body: unknown, token = shop.localToken) => context.app.ask('POST /api/create_order', { token, body })
const sendRaw = (raw: string | Uint8Array, headers?: Record<string, string>) =>
  context.app.ask('POST /api/create_order', { token: shop.localToken, raw, headers })
const newId = () => `T${++count}`
const orders = () => context.app.rows('SELECT * FROM orders')
const events = () => context.app.rows('SELECT * FROM order_events')
const refused = (errmsg: RegExp) =>
  expect.objectContaining({ status: 0, errmsg: expect.stringMatching(errmsg) as string }) as Fields

async function stored(transId: string) {
  const order = await context.app.findOrder(shop, transId)
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

describe('the token of the webhook', () => {
  it.each<[string, () => { token?: string }, RegExp]>([
    ['a missing token', () => ({}), /Token/],
    ['an empty token', () => ({ token: '' }), /Token/],
    ['a wrong token', () => ({ token: 'wrong' }), /本地令牌/],
    ['a token with one character more', () => ({ token: `${shop.localToken}0` }), /本地令牌/],
    ['the token of a staff session', () => ({ token: shop.token }), /本地令牌/],
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
    expect(await stored(transId)).toMatchObject({ set_of_book: shop.name })
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
      set_of_book: shop.name,
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
      token: shop.localToken,
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

describe('ids sent as JSON numbers', () => {
  it.each([
    '1234567890123456789',
    '9007199254740993',
    '123456789012345678901234567890',
    '0',
    '-5',
    '12345678901234567.0',
  ])('keep their digits: %s', async (digits) => {
    const raw = JSON.stringify({ ...orderMessage('?'), products: [{ ...line, barcode: '?' }] })
      .replace('"trans_id":"?"', `"trans_id" : ${digits}`)
      .replace('"e_id":"E-1"', `"e_id":${digits}`)
      .replace('"barcode":"?"', `"barcode":\n${digits}`)
    expect((await sendRaw(raw)).body).toEqual({ status: 1 })
    expect(await stored(digits)).toMatchObject({ trans_id: digits, e_id: digits, products: [{ barcode: digits }] })
  })

  it('are the same ids as those sent as text', async () => {
    const transId = '7777777777777777777'
    await send(orderMessage(transId))
    await sendRaw(JSON.stringify({ ...orderMessage(transId), e_id: 'second' }).replace(`"${transId}"`, transId))
    expect((await stored(transId)).e_id).toBe('second')
    expect(context.app.rows('SELECT id FROM orders WHERE trans_id = ?', transId)).toHaveLength(1)
  })

  it('are 64 digits at most', async () => {
    const raw = JSON.stringify(orderMessage('?')).replace('"?"', '1'.repeat(65))
    expect(await sendRaw(raw)).toMatchObject({ status: 400, body: refused(/^trans_id：/) })
  })
})

describe('money', () => {
  it.each([
    [3.5, 3.5],
    [0.1, 0.1],
    ['0.30', 0.3],
    [0, 0],
    [-1.25, -1.25],
    [3.3000000000000003, 3.3],
    [0.29000000001, 0.29],
    [1e12, 1e12],
    [-1e12, -1e12],
    [999_999_999_999.99, 999_999_999_999.99],
    [1e-7, 0],
  ])('%s yuan is shown as %s', async (amount, shown) => {
    const transId = newId()
    expect((await send({ ...orderMessage(transId), products: [{ ...line, amount, cost: amount }] })).body).toEqual({
      status: 1,
    })
    expect(await stored(transId)).toMatchObject({ total_amount: shown, products: [{ amount: shown, cost: shown }] })
  })

  it('adds up exactly', async () => {
    const transId = newId()
    await send({ ...orderMessage(transId), products: [0.1, 0.2, 0.7, 1.1, 2.2].map((amount) => ({ ...line, amount })) })
    expect((await stored(transId)).total_amount).toBe(4.3)
  })

  it.each([
    0.001,
    1.005,
    3.30001,
    1e12 + 0.01,
    -1e13,
    'NaN',
    'Infinity',
    '1e3',
    '',
    '1,5',
    '0x10',
    null,
    true,
    [1],
    {},
    '３.５',
  ])('refuses %j', async (amount) => {
    await expectRefusal({ ...orderMessage('T-money'), products: [{ ...line, amount }] }, /^products\.0\.amount：/)
    await expectRefusal(
      { ...orderMessage('T-money'), products: [line, { ...line, cost: amount }] },
      /^products\.1\.cost：/,
    )
  })

  it('refuses a number that JSON cannot hold', async () => {
    const raw = JSON.stringify({ ...orderMessage('T-huge'), products: [line] }).replace('"amount":1', '"amount":1e999')
    expect(await sendRaw(raw)).toMatchObject({ status: 400, body: refused(/amount/) })
  })
})

describe('times', () => {
  it.each<[unknown, string]>([
    ['2026-11-20 08:30:00', '2026-11-20 08:30:00'],
    ['2026-11-20', '2026-11-20 00:00:00'],
    ['2026-11-20T08:30:00+08:00', '2026-11-20 08:30:00'],
    ['2026-11-20T00:30:00Z', '2026-11-20 08:30:00'],
    ['2026-11-19T19:30:00.123-05:00', '2026-11-20 08:30:00'],
    [1_795_134_600, '2026-11-20 08:30:00'],
    [1_795_134_600_000, '2026-11-20 08:30:00'],
    ['1795134600', '2026-11-20 08:30:00'],
    ['1795134600999', '2026-11-20 08:30:00'],
    ['2028-02-29 00:00:00', '2028-02-29 00:00:00'],
  ])('%j is shown as %s', async (time, shown) => {
    const transId = newId()
    expect((await send({ ...orderMessage(transId), create_time: time, update_time: time })).body).toEqual({ status: 1 })
    expect(await stored(transId)).toMatchObject({ create_time: shown, update_time: shown })
  })

  it.each([
    '2026-02-30 08:00:00',
    '2027-02-29',
    '2026-13-01 00:00:00',
    '2026-00-10',
    '2026-11-00',
    '2026-11-20 24:00:00',
    '2026-11-20 08:60:00',
    '2026-11-20 08:30:60',
    '20-11-2026',
    '2026/11/20',
    'today',
    '',
    ' ',
    -1,
    1e18,
    null,
    true,
    {},
    [],
    '2026-11-20T08:30:00+99:00',
    '0000-00-00 00:00:00',
  ])('refuses %j', async (time) => {
    await expectRefusal({ ...orderMessage('T-time'), create_time: time }, /^create_time：/)
    await expectRefusal({ ...orderMessage('T-time'), update_time: time }, /^update_time：/)
  })
})

describe('a bad field', () => {
  it.each(['trans_id', 'status', 'e_id', 'dev_id', 'create_time', 'update_time', 'products'])(
    '%s, when it is missing, is named',
    async (field) => {
      await expectRefusal({ ...orderMessage('T-bad'), [field]: undefined }, new RegExp(`^${field}：必填`))
    },
  )

  it.each(['barcode', 'name', 'num', 'amount'])('%s of a line, when it is missing, is named', async (field) => {
    await expectRefusal(
      { ...orderMessage('T-bad'), products: [line, { ...line, [field]: undefined }] },
      new RegExp(`^products\\.1\\.${field}：必填`),
    )
  })

  it.each<[string, unknown]>([
    ['trans_id', ''],
    ['trans_id', 'x'.repeat(65)],
    ['trans_id', null],
    ['trans_id', {}],
    ['trans_id', ['T']],
    ['trans_id', true],
    ['trans_id', ' T'],
    ['trans_id', 'T '],
    ['trans_id', 'T\n'],
    ['trans_id', '\u3000T'],
    ['trans_id', '\u00A0'],
    ['trans_id', 'a\0b'],
    ['trans_id', '\uDC00'],
    ['status', 99],
    ['status', 106],
    ['status', 108],
    ['status', 111],
    ['status', 'paid'],
    ['status', null],
    ['status', 100.5],
    ['status', ''],
    ['e_id', 'x'.repeat(129)],
    ['e_id', null],
    ['e_id', []],
    ['dev_id', 'A1'],
    ['dev_id', 1.5],
    ['dev_id', null],
    ['dev_id', 2 ** 53],
    ['dev_id', ''],
    ['products', null],
    ['products', {}],
    ['products', 'x'],
    ['products', []],
    ['products', Array.from({ length: 201 }, () => line)],
  ])('%s is refused as %j', async (field, value) => {
    await expectRefusal({ ...orderMessage('T-bad'), [field]: value }, new RegExp(`^${field}：`))
  })

  it.each<[string, unknown]>([
    ['barcode', ''],
    ['barcode', null],
    ['barcode', {}],
    ['name', null],
    ['name', []],
    ['num', 0],
    ['num', -1],
    ['num', null],
    ['num', 'x'],
    ['num', ''],
    ['num', true],
  ])('%s of a line is refused as %j', async (field, value) => {
    await expectRefusal(
      { ...orderMessage('T-bad'), products: [{ ...line, [field]: value }] },
      new RegExp(`^products\\.0\\.${field}：`),
    )
  })

  it.each([[null], ['x'], [[]], [7]])('a line that is %j is refused', async (value) => {
    await expectRefusal({ ...orderMessage('T-bad'), products: [value] }, /^products\.0：/)
  })

  it('refuses a later message without touching the order', async () => {
    const transId = newId()
    await send(orderMessage(transId))
    await expectRefusal(
      { ...orderMessage(transId), update_time: '2026-11-21 00:00:00', status: 103, products: [{ ...line, num: 0 }] },
      /num/,
    )
  })
})

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
    const id = await context.app.receive(shop, transId)
    await send({ ...orderMessage(transId), status: 103, update_time: '2026-11-20 10:00:06' })
    const { body } = await context.app.ask<{ history: Fields[] }>(`GET /api/orders/${id}`, { token: shop.token })
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
    expect(await context.app.findOrder(shop, 'T-type')).toBeUndefined()
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
