import { afterAll, beforeAll, beforeEach } from 'vitest'
import { signatureOf } from '../../../sandbox/gobox.ts'
import { startSandbox, type Sandbox } from '../../../sandbox/server.ts'
import type { Order, RetailInput } from '../../../sandbox/state.ts'

/** One sandbox a test file, reset before each test. */
export function useSandbox(): { sandbox: Sandbox } {
  const context = {} as { sandbox: Sandbox }
  beforeAll(async () => {
    context.sandbox = await startSandbox()
  })
  beforeEach(() => context.sandbox.control.reset())
  afterAll(() => context.sandbox.close())
  return context
}

export const now = () => Math.floor(Date.now() / 1000)

export function postJson(url: string, body: unknown) {
  return fetch(url, { method: 'POST', body: JSON.stringify(body), redirect: 'manual' })
}

/** Signs the fields and answers goBox's envelope. */
export async function askGobox(
  sandbox: Sandbox,
  path: string,
  fields: Record<string, unknown>,
  appKey = 'sandbox-key-A001',
) {
  const body = { time: now(), ...fields }
  const response = await postJson(sandbox.goboxUrl + path, { ...body, sign: signatureOf(body, appKey) })
  return (await response.json()) as { code: number; msg?: string; output: Record<string, unknown> }
}

export async function accessToken(sandbox: Sandbox, user = 'shop-a', appKey?: string): Promise<string> {
  const { output } = await askGobox(sandbox, '/access-token', { user, command: 'GetToken' }, appKey)
  return output.access_token as string
}

export async function askC8(sandbox: Sandbox, path: string, options: { token?: string; body?: unknown } = {}) {
  const { token = 'c8-token-A001', body } = options
  const method = body === undefined ? 'GET' : 'POST'
  const response = await fetch(sandbox.c8Url + path, {
    method,
    headers: { token },
    body: body === undefined ? undefined : JSON.stringify(body),
    redirect: 'manual',
  })
  const text = await response.text()
  return { status: response.status, text, body: text === '' ? undefined : JSON.parse(text) }
}

export function order(trans_id: string, changes: Partial<Order> = {}): Order {
  return {
    trans_id,
    status: 100,
    e_id: `e-${trans_id}`,
    dev_id: 10086,
    create_time: '2026-11-20 10:00:00',
    update_time: '2026-11-20 10:00:05',
    products: [
      { barcode: '6921168000012', name: '水', num: 2, amount: 4, cost: 2.2 },
      { barcode: '6901486110011', name: '茶', num: 1, amount: 3.5, cost: 1.8 },
    ],
    ...changes,
  }
}

export function retail(source_id: string, changes: Partial<RetailInput> = {}): RetailInput {
  return {
    source: 'gobox',
    source_id,
    store_id: 1,
    bank_id: 21,
    member_id: 61,
    employee_id: 41,
    bill_type: 0,
    total_amount: 7,
    bank_amount: 7,
    retail_lines: [{ product_id: 1001, quantity: 2, tax_price: 3.5, tax_rate: 0 }],
    ...changes,
  }
}
