import { describe, expect, it } from 'vitest'
import { orderMessage } from './server.ts'
import { useWebhook } from './webhook.ts'

const { context, send, sendRaw, newId, refused, stored, line, expectRefusal } = useWebhook()

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
