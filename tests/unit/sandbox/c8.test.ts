import { describe, expect, it } from 'vitest'
import { askC8, retail, useSandbox } from './setup.ts'

const context = useSandbox()
const ask = (path: string, options?: Parameters<typeof askC8>[2]) => askC8(context.sandbox, path, options)

const confirmPath = (id: number) => `/api/retails/${id}?action=confirm&action_type=1`
const workflowPath = (id: number) =>
  `/api/workflow_current_actions?action=execute_workflow&form_name=retail&form_id=${id}&result=${encodeURIComponent('{"memo":"","cancel":false}')}`

async function create(source_id: string, token?: string) {
  return (await ask('/api/retails', { token, body: retail(source_id) })).body as { id: number; code: string }
}

describe('C8 log-in', () => {
  const path = '/api/security_keys?action=has_security_key&security_key=gobox'

  it('answers 401 to an unknown token and to one that was removed', async () => {
    expect((await ask(path, { token: 'nobody' })).status).toBe(401)
    await context.sandbox.control.removeToken('c8-token-A001')
    expect((await ask(path)).status).toBe(401)
  })

  it('tells access level and user, or null without permission or for another key', async () => {
    await context.sandbox.control.addTokens({ token: 'none', access_level: null, set_of_books: ['A001'] })
    expect((await ask(path)).body).toEqual({ access_level: 15, user_name: '陈晓东' })
    expect((await ask(path, { token: 'none' })).text).toBe('null')
    expect((await ask(path.replace('=gobox', '=other'))).text).toBe('null')
  })

  it('shows an account set with its tax rates only to a token that may see it', async () => {
    expect((await ask('/api/set_of_books/A001')).body).toEqual({
      set_of_book: 'A001',
      tax_rate: 0.03,
      vat_tax_rate: 0.13,
    })
    expect((await ask('/api/set_of_books/B002')).text).toBe('null')
  })

  it('says "not there" with an empty body when told so', async () => {
    await context.sandbox.control.settings({ empty_for_null: true })
    expect(await ask('/api/set_of_books/B002')).toMatchObject({ status: 200, text: '' })
  })
})

describe('C8 lists', () => {
  it('filters by name and pages, with the total of all matches', async () => {
    const { body } = await ask(`/api/stores?name__icontains=${encodeURIComponent('无人')}&start=1&limit=2`)
    expect(body).toMatchObject({ state: 1, total: 5, root: [{ name: '南山医院无人柜仓' }, { name: '大学城无人柜仓' }] })
  })

  it.each(['stores', 'banks', 'employees', 'members'])('has rows in %s', async (list) => {
    expect((await ask(`/api/${list}`)).body.root[0]).toMatchObject({ id: expect.any(Number), name: expect.any(String) })
  })

  it('finds a product by its whole barcode, and none for a part of it', async () => {
    const product = context.sandbox.state.products[0]!
    expect((await ask(`/api/products?barcode=${product.barcode}`)).body.root).toEqual([product])
    expect((await ask(`/api/products?barcode=${product.barcode!.slice(1)}`)).body.root).toEqual([])
  })

  it('answers every product, with what it says of its use, when told so', async () => {
    await context.sandbox.control.addProducts({ id: 9, name: '停用', barcode: '99', in_use: false })
    expect((await ask('/api/products?barcode=99')).body.root).toEqual([
      { id: 9, name: '停用', barcode: '99', in_use: false },
    ])
    await context.sandbox.control.settings({ product_filter: 'ignore' })
    expect((await ask('/api/products?barcode=99')).body.total).toBe(context.sandbox.state.products.length)
  })

  it('keeps a product of one account set from the others', async () => {
    await context.sandbox.control.addProducts({ id: 9, name: '专供', barcode: '99', set_of_book: 'B002' })
    expect((await ask('/api/products?barcode=99')).body.total).toBe(0)
    expect((await ask('/api/products?barcode=99', { token: 'c8-token-B002' })).body.total).toBe(1)
  })
})

describe('C8 retail documents', () => {
  it('is done after a confirmation and exactly as many workflow executions as set', async () => {
    await context.sandbox.control.settings({ workflow_executions: 3 })
    const { id, code } = await create('T1')
    expect((await ask(workflowPath(id))).body.state).toBe(0)
    await ask(confirmPath(id))
    await ask(confirmPath(id))
    expect((await ask(`/api/retails/${id}`)).body).toEqual({ id, code, status: 2 })
    const statuses: number[] = []
    for (let execution = 0; execution < 3; execution++) statuses.push((await ask(workflowPath(id))).body.status)
    expect(statuses).toEqual([4, 7, 6])
    expect((await ask(`/api/retails/${id}`)).body.status).toBe(6)
  })

  it('finds the document made from an order, for its own account set only', async () => {
    const { id, code } = await create('T1')
    const path = '/api/retails?source=gobox&source_id=T1'
    expect((await ask(path)).body.root).toEqual([{ id, code, status: 0 }])
    expect((await ask(path, { token: 'c8-token-B002' })).body.root).toEqual([])
    expect((await ask(`/api/retails/${id}`, { token: 'c8-token-B002' })).text).toBe('null')
    expect((await ask('/api/retails?source=gobox')).status).toBe(400)
  })

  it('that its auditor sends back stays so, whatever is asked of it', async () => {
    await context.sandbox.control.settings({ workflow_executions: 1, workflow_result: 5 })
    const { id, code } = await create('T1')
    await ask(confirmPath(id))
    expect((await ask(workflowPath(id))).body.status).toBe(5)
    expect((await ask(workflowPath(id))).body.status).toBe(5)
    await ask(confirmPath(id))
    expect((await ask(`/api/retails/${id}`)).body).toEqual({ id, code, status: 5 })
    await context.sandbox.control.changeDocument(id, { status: 6 })
    expect((await ask(`/api/retails/${id}`)).body).toEqual({ id, code, status: 6 })
  })

  it('is found without regard to case, or whatever is asked, and with more fields, when told so', async () => {
    const { id, code } = await create('T1')
    const path = '/api/retails?source=gobox&source_id=t1'
    expect((await ask(path)).body.root).toEqual([])
    await context.sandbox.control.settings({ retail_filter: 'ignore_case' })
    expect((await ask(path)).body.root).toEqual([{ id, code, status: 0 }])
    expect((await ask(path.replace('=t1', '=t2'))).body.root).toEqual([])
    await context.sandbox.control.settings({
      retail_filter: 'ignore',
      retail_fields: ['source_id', 'total_amount'],
    })
    expect((await ask(path.replace('=t1', '=t2'))).body.root).toEqual([
      { id, code, status: 0, source_id: 'T1', total_amount: 7 },
    ])
  })

  it('makes a second document when asked twice', async () => {
    await create('T1')
    await create('T1')
    expect(await context.sandbox.control.documents('T1')).toHaveLength(2)
  })

  it('answers null for a document that was deleted', async () => {
    const { id } = await create('T1')
    await context.sandbox.control.deleteDocument(id)
    expect((await ask(`/api/retails/${id}`)).text).toBe('null')
  })

  it('keeps every field it was sent', async () => {
    await create('T1')
    expect(await context.sandbox.control.documents()).toMatchObject([{ ...retail('T1'), set_of_book: 'A001' }])
  })

  it('are listed on a page for people, with text from the wire escaped', async () => {
    await create('<b>T1</b>')
    const response = await fetch(context.sandbox.url)
    const page = await response.text()
    expect(page).toContain('&#60;b&#62;T1')
    expect(page).toContain('农夫山泉 饮用天然水 550ml × 2 @ 3.5')
  })

  const line = retail('T1').retail_lines[0]!
  it.each([
    ['another source', { source: 'shop' }],
    ['a number as source_id', { source_id: 1 }],
    ['an unknown store', { store_id: 99 }],
    ['a bank in place of a member', { member_id: 21 }],
    ['an unknown bill type', { bill_type: 3 }],
    ['a payment that differs from the total', { bank_amount: 6.99 }],
    ['no lines', { retail_lines: [] }],
    ['an unknown product', { retail_lines: [{ ...line, product_id: 1 }] }],
    ['a price with seven decimals', { retail_lines: [{ ...line, tax_price: 3.5000001 }] }],
    ['text as quantity', { retail_lines: [{ ...line, quantity: '2' }] }],
    ['the tax rate of another bill type', { retail_lines: [{ ...line, tax_rate: 0.03 }] }],
    ['tax rate 0 on an invoice', { bill_type: 1 }],
    ['lines that do not add up', { retail_lines: [{ ...line, quantity: 1 }] }],
  ])('refuses %s and keeps nothing', async (_, changes) => {
    const { body } = await ask('/api/retails', { body: { ...retail('T1'), ...changes } })
    expect(body).toEqual({ state: 0, errmsg: expect.any(String) })
    expect(await context.sandbox.control.documents()).toEqual([])
  })

  it.each([
    [1, 0.03],
    [2, 0.13],
  ])('takes bill type %i with the tax rate %f of its account set', async (bill_type, tax_rate) => {
    const { body } = await ask('/api/retails', {
      body: retail('T1', { bill_type, retail_lines: [{ ...line, tax_rate }] }),
    })
    expect(body).toEqual({ id: 1, code: expect.stringMatching(/^LS\d{12}$/) })
  })

  it('refuses lines of which the rounded amounts miss the total by a fen', async () => {
    const retail_lines = [{ ...line, quantity: 300_000, tax_price: 0.333333 }]
    const body = retail('T1', { total_amount: 100_000, bank_amount: 100_000, retail_lines })
    expect((await ask('/api/retails', { body })).body).toEqual({ state: 0, errmsg: '明细金额与总金额不符' })
  })

  it('takes a price that six decimals cannot hold exactly', async () => {
    const retail_lines = [{ ...line, quantity: 3, tax_price: 3.333333 }]
    const { body } = await ask('/api/retails', {
      body: retail('T1', { total_amount: 10, bank_amount: 10, retail_lines }),
    })
    expect(body.id).toBe(1)
  })
})
