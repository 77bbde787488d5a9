import { expect } from 'vitest'
import type { App, Shop } from './server.ts'

/** An order that has come, and whose it is. */
export interface Received {
  shop: Shop
  id: number
  transId: string
}

let count = 0

/** A paid order that needs every call to C8: product, tax rate, look-up, create, confirm, workflow. */
export async function receiveOrder(app: App): Promise<Received> {
  const shop = await app.openShop()
  await app.addDevice(shop, { bill_type: 1 })
  const transId = `F${++count}`
  const id = await app.receive(shop, transId)
  await app.sandbox.control.clearCalls()
  return { shop, id, transId }
}

/** Asks again, as a clerk would, until the order is imported; meanwhile it may only be told to wait. */
export async function importToTheEnd(app: App, { shop, id, transId }: Received): Promise<string[]> {
  const waiting: string[] = []
  for (const deadline = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if ((await app.findOrder(shop, transId))?.import_state === 'imported') return waiting
    const { status, body } = await app.ask(`POST /api/orders/${id}?action=import`, shop)
    if (status !== 200) waiting.push(`${status} ${String(body.errmsg)}`)
    if (Date.now() > deadline) expect.fail(`not imported: ${waiting.at(-1)}`)
  }
}

/** Holds that C8 has exactly one document for the order, finished, and that the order knows it. */
export async function expectOneDocument(app: App, { shop, id, transId }: Received) {
  const documents = await app.sandbox.control.documents(transId)
  expect(documents).toMatchObject([{ source_id: transId, status: 6, total_amount: 10.5 }])
  expect(await app.findOrder(shop, transId)).toMatchObject({
    id,
    is_imported: true,
    import_state: 'imported',
    retail_id: documents[0]!.id,
    retail_code: documents[0]!.code,
    import_error: null,
    import_error_code: null,
    import_error_params: null,
    awaits_c8: false,
  })
}
