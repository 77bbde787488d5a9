import { describe, expect, it } from 'vitest'
import { signatureOf } from '../../../sandbox/gobox.ts'
import { accessToken, askGobox, now, order, postJson, useSandbox } from './setup.ts'

const context = useSandbox()

const vectors = [
  [{ user: 'shop01', time: 1574300000, command: 'GetToken' }, 'k3y-ABCdef', '484cd20eebe07bd69fe751d142fe501e'],
  [
    {
      access_token: 'at-123',
      command: 'QueryTrade',
      start_date: '2026-11-16 00:00:00',
      end_date: '2026-11-22 23:59:59',
      time: 1574300000,
    },
    'k3y-ABCdef',
    '0f6d63e36d7295fefda4426dc0624ceb',
  ],
  [
    {
      access_token: 'at-123',
      command: 'QueryTrade',
      start_date: '2026-11-16 00:00:00',
      end_date: '2026-11-22 23:59:59',
      dev_id: '10086',
      status: '100',
      page: 2,
      time: 1795300000,
    },
    '密钥 1',
    '376e3e2af6d9b30f963b32893fc9998b',
  ],
] as const

describe('goBox signatures', () => {
  it.each(vectors)('computes the published signature %#', (fields, appKey, sign) => {
    expect(signatureOf(fields, appKey)).toBe(sign)
  })

  it('accepts the published token request and rejects it with any field changed', async () => {
    const { control, goboxUrl } = context.sandbox
    await control.addSetOfBooks({
      set_of_book: 'C003',
      tax_rate: 0.03,
      vat_tax_rate: 0.13,
      gobox_user: 'shop01',
      app_key: 'k3y-ABCdef',
    })
    const [fields, , sign] = vectors[0]
    const code = async (body: object) =>
      ((await (await postJson(`${goboxUrl}/access-token`, body)).json()) as { code: number }).code
    expect(await code({ ...fields, sign })).toBe(0)
    expect(await code({ ...fields, sign: sign.toUpperCase() })).toBe(403)
    expect(await code({ ...fields, time: 1574300001, sign })).toBe(403)
    expect(await code({ ...fields, extra: '', sign })).toBe(403)
    expect(await code(fields)).toBe(403)
  })

  it.each([
    ['milliseconds as time', { time: Date.now() }],
    ['text as time', { time: String(now()) }],
    ['a number as dev_id', { dev_id: 10086 }],
    ['a number as status', { status: 100 }],
    ['text as page', { page: '1' }],
    ['page 0', { page: 0 }],
    ['a bare date', { start_date: '2026-11-20' }],
    ['null as trans_id', { trans_id: null }],
    ['another command', { command: 'GetToken' }],
  ])('refuses %s though it is signed well', async (_, fields) => {
    const access_token = await accessToken(context.sandbox)
    const answer = await askGobox(context.sandbox, '/trade', { access_token, command: 'QueryTrade', ...fields })
    expect(answer.code).toBe(400)
  })
})

describe('goBox access tokens', () => {
  it('answers 401 to an unknown one, and to one whose seconds are over', async () => {
    const { control } = context.sandbox
    const code = async (access_token: string) =>
      (await askGobox(context.sandbox, '/trade', { access_token, command: 'QueryTrade' })).code
    expect(await code('at-unknown')).toBe(401)
    expect(await code(await accessToken(context.sandbox))).toBe(0)
    await control.settings({ token_seconds: 0 })
    expect(await code(await accessToken(context.sandbox))).toBe(401)
  })

  it('shows only the orders of its own account set', async () => {
    await context.sandbox.control.addOrders('A001', order('T1'))
    await context.sandbox.control.addOrders('B002', order('T2'))
    const access_token = await accessToken(context.sandbox, 'shop-b', '沙箱 key-B002')
    const { output } = await askGobox(
      context.sandbox,
      '/trade',
      { access_token, command: 'QueryTrade' },
      '沙箱 key-B002',
    )
    expect(idsOf(output)).toEqual(['T2', 'T2'])
  })
})

describe('goBox trades', () => {
  it('sends one entry a line, with the lines of an order apart but on one page', async () => {
    const { control } = context.sandbox
    await control.settings({ page_size: 2 })
    await control.addOrders('A001', order('T1'), order('T2'), order('T3', { products: [] }))
    const first = await trades()
    expect(idsOf(first)).toEqual(['T1', 'T2', 'T1', 'T2'])
    expect(first.page).toBe(2)
    const second = await trades({ page: 2 })
    const { products: _, ...entry } = order('T3')
    expect(second).toEqual({ trade_list: [entry], page: null })
    expect(await trades({ page: 3 })).toEqual({ trade_list: [], page: null })
  })

  it('has no next page after one that is just full', async () => {
    await context.sandbox.control.settings({ page_size: 2 })
    await context.sandbox.control.addOrders('A001', order('T1'), order('T2'))
    expect((await trades()).page).toBeNull()
    await context.sandbox.control.settings({ omit_last_page: true })
    expect(await trades()).not.toHaveProperty('page')
  })

  it('keeps entries of one order that disagree, on one page', async () => {
    const { products: _, ...entry } = order('T1')
    await context.sandbox.control.settings({ page_size: 1 })
    await context.sandbox.control.addTradeEntries('A001', entry, { ...entry, status: 103 })
    expect((await trades()).trade_list).toMatchObject([{ status: 100 }, { status: 103 }])
  })

  it.each([
    [
      'from and to a second, both included',
      { start_date: '2026-11-20 10:00:00', end_date: '2026-11-20 10:00:00' },
      ['T1'],
    ],
    ['to a second before', { end_date: '2026-11-20 09:59:59' }, []],
    ['from a second later', { start_date: '2026-11-20 10:00:01' }, ['T2']],
    ['by cabinet', { dev_id: '10087' }, ['T2']],
    ['by order', { trans_id: 'T1' }, ['T1']],
    ['by status', { status: '103' }, ['T2']],
  ])('filters %s', async (_, filter, expected) => {
    const products = order('T1').products.slice(0, 1)
    await context.sandbox.control.addOrders(
      'A001',
      order('T1', { products }),
      order('T2', { products, create_time: '2026-11-20 10:00:01', dev_id: 10087, status: 103 }),
    )
    expect(idsOf(await trades(filter))).toEqual(expected)
  })

  it('sends digits-only ids as JSON numbers of any length when told so', async () => {
    const { control, goboxUrl } = context.sandbox
    await control.settings({ numeric_ids: true })
    await control.addOrders('A001', order('9007199254740993123'))
    const body = { access_token: await accessToken(context.sandbox), command: 'QueryTrade', time: now() }
    const response = await postJson(`${goboxUrl}/trade`, { ...body, sign: signatureOf(body, 'sandbox-key-A001') })
    expect(await response.text()).toContain('"trans_id":9007199254740993123,')
  })
})

async function trades(filter: Record<string, unknown> = {}) {
  const access_token = await accessToken(context.sandbox)
  return (await askGobox(context.sandbox, '/trade', { access_token, command: 'QueryTrade', ...filter })).output
}

function idsOf(output: Record<string, unknown>) {
  return (output.trade_list as { trans_id: string }[]).map(({ trans_id }) => trans_id)
}
