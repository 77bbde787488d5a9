import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { failed, useApp, type Fields, type Shop } from './server.ts'

const context = useApp({ NUXT_UPSTREAM_TIMEOUT: '5000' })
const control = () => context.app.sandbox.control
let count = 0

beforeEach(() => control().settings({ product_filter: 'exact' }))

async function openShop(changes: Fields = {}): Promise<Shop> {
  const shop = await context.app.openShop()
  await context.app.addDevice(shop, changes)
  return shop
}

const importOrder = (shop: { token: string }, id: number) =>
  context.app.ask(`POST /api/orders/${id}?action=import`, { token: shop.token })

/** A barcode that nobody has, and an order of one piece of it. */
async function receiveOrder(shop: Shop) {
  const barcode = String(7_000_000_000_000 + ++count)
  const transId = `B${count}`
  const products = [{ barcode, name: '新品', num: 1, amount: 3.5 }]
  return { barcode, transId, id: await context.app.receive(shop, transId, { products }) }
}

describe('a barcode', () => {
  it('that several products in use carry is refused, with their names, until one is left', async () => {
    const shop = await openShop()
    const { id, barcode, transId } = await receiveOrder(shop)
    await control().addProducts(
      { id: 9001 + 2 * count, name: '红茶（旧）', barcode },
      { id: 9002 + 2 * count, name: '红茶（新）', barcode },
    )
    const answer = await importOrder(shop, id)
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'product_ambiguous', params: { barcode, names: '红茶（旧）、红茶（新）' } },
    })
    expect(answer.body.errmsg).toMatch(new RegExp(`${barcode}.*红茶（旧）、红茶（新）`))
    await control().removeProduct(barcode)
    await control().addProducts(
      { id: 9001 + 2 * count, name: '红茶（旧）', barcode, in_use: false },
      { id: 9002 + 2 * count, name: '红茶（新）', barcode, in_use: true },
    )
    expect((await importOrder(shop, id)).status).toBe(200)
    expect(await control().documents(transId)).toMatchObject([{ retail_lines: [{ product_id: 9002 + 2 * count }] }])
  })

  it('is not given to a product that carries another one', async () => {
    const shop = await openShop()
    await control().settings({ product_filter: 'ignore' })
    const unknown = await receiveOrder(shop)
    expect(await importOrder(shop, unknown.id)).toMatchObject({
      status: 422,
      body: failed(new RegExp(unknown.barcode), 'product_unknown'),
    })
    const known = await receiveOrder(shop)
    await control().addProducts({ id: 8000 + count, name: '新品', barcode: known.barcode })
    expect((await importOrder(shop, known.id)).status).toBe(200)
    expect(await control().documents(known.transId)).toMatchObject([{ retail_lines: [{ product_id: 8000 + count }] }])
  })

  it('of a product that is no longer in use is unknown', async () => {
    const shop = await openShop()
    const { id, barcode } = await receiveOrder(shop)
    await control().addProducts({ id: 8000 + count, name: '停产', barcode, in_use: false })
    expect(await importOrder(shop, id)).toMatchObject({ status: 422, body: { code: 'product_unknown' } })
  })

  it('is found where C8 does not tell the barcodes of its products', async () => {
    const shop = await openShop()
    const { id, barcode } = await receiveOrder(shop)
    await control().fault({
      step: 'c8.products',
      kind: 'text',
      status: 200,
      message: '{"success":true,"root":[{"id":1001},{"id":1001}]}',
      containing: barcode,
    })
    expect((await importOrder(shop, id)).status).toBe(200)
  })
})

describe('a tax rate that C8 changes', () => {
  it('is booked after half a minute', async () => {
    const { app } = context
    const shop = await openShop({ bill_type: 1 })
    expect((await importOrder(shop, await app.receive(shop, 'rate-1'))).status).toBe(200)
    await control().addSetOfBooks({
      set_of_book: shop.name,
      tax_rate: 0.01,
      vat_tax_rate: 0.06,
      gobox_user: shop.gobox_user,
      app_key: shop.app_key,
    })
    await sleep(30_000)
    expect((await importOrder(shop, await app.receive(shop, 'rate-2'))).status).toBe(200)
    const rates = (await control().documents()).filter(({ set_of_book }) => set_of_book === shop.name)
    expect(rates.map(({ retail_lines }) => retail_lines[0]!.tax_rate)).toEqual([0.03, 0.01])
  })

  it.each([
    [13, /税率是 13/],
    [-0.03, /税率是 -0\.03/],
    [null, /没有设置发票的税率/],
  ])('to %s is refused', async (tax_rate, errmsg) => {
    const shop = await openShop({ bill_type: 1 })
    await control().fault({
      step: 'c8.set_of_books',
      kind: 'text',
      status: 200,
      message: JSON.stringify({ set_of_book: shop.name, tax_rate }),
      containing: shop.name,
    })
    const id = await context.app.receive(shop, 'rate')
    expect(await importOrder(shop, id)).toMatchObject({ status: 422, body: failed(errmsg) })
  })
})

describe('a look-up under way for somebody whose C8 session has ended', () => {
  it.each([
    ['c8.products', { bill_type: 0 }],
    ['c8.set_of_books', { bill_type: 1 }],
  ] as const)('at %s does not end the import of another', async (step, device) => {
    const { app } = context
    const shop = await openShop(device)
    const [lapsed, good] = [await app.logIn(shop.name, 15, '李雪梅'), await app.logIn(shop.name, 15, '王建国')]
    const ids = [await app.receive(shop, 'lapsed'), await app.receive(shop, 'good')]
    await control().latency({ [step]: 400 })
    const first = importOrder(lapsed, ids[0]!)
    await expect.poll(() => control().calls(step)).not.toHaveLength(0)
    await control().removeToken(lapsed.c8Token)
    const second = importOrder(good, ids[1]!)
    expect(await first).toMatchObject({ status: 422, body: failed(/重新登录/) })
    expect(await second).toMatchObject({ status: 200 })
    await control().latency({})
  })
})
