import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox } from '../../sandbox/server.ts'
import { timeText } from '../../sandbox/shop.ts'
import { askApp, Refusal } from './app.ts'

const day = 86_400_000
const LONGEST_CHECK = 60_000

interface DemoBooks {
  set_of_book: string
  localToken: string
  now: number
}

interface ShownOrder {
  id: number
  trans_id: string
  status: number
  import_state: string
  create_time: string
  dev_id: number
  e_id: string
  products: { barcode: string; name: string; num: number; amount: number; cost: number }[]
}

/** Checks a day and waits for the end. */
async function check(url: string, token: string, date: string): Promise<void> {
  await askApp(url, token, 'POST', `/api/settlements/${date}/check`)
  for (const deadline = Date.now() + LONGEST_CHECK; Date.now() < deadline; await sleep(100)) {
    const { status } = await askApp<{ status: string }>(url, token, 'GET', `/api/settlements/${date}`)
    if (status !== 'checking') return
  }
}

/** One of each thing that can go wrong behind the app's back. */
async function plantDifferences(sandbox: Sandbox, set: string, orders: ShownOrder[]) {
  const { control } = sandbox
  const imported = orders.filter(({ import_state: state, status }) => state === 'imported' && status === 100)
  const [gone, doubled, changed, other, refunded, dearer] = imported
  const idle = orders.filter(({ import_state: state, status }) => state !== 'imported' && status === 100)
  const documentOf = async (order: ShownOrder) => (await control.documents(order.trans_id))[0]!
  if (!gone || !doubled || !changed || !other || !refunded || !dearer) return
  await control.deleteDocument((await documentOf(gone)).id)
  await control.addDocument({ ...(await documentOf(doubled)), code: 'LS-DOUBLE' })
  await control.changeDocument((await documentOf(changed)).id, { status: 4 })
  const old = await documentOf(other)
  await control.addDocument({ ...old, code: 'LS-OTHER' })
  await control.deleteDocument(old.id)
  const back = { status: 103, update_time: timeText(Date.now() - 60_000) }
  await control.addOrders(set, { ...refunded, ...back })
  const [line, ...lines] = dearer.products
  const products = [{ ...line!, amount: line!.amount + 1 }, ...lines]
  await control.addOrders(set, { ...dearer, products, update_time: back.update_time })
  const [vanished, unknown, earlier] = idle
  const midnight = `${earlier?.create_time.slice(0, 10)} 00:00:00`
  if (earlier) await control.addOrders(set, { ...earlier, status: 101, update_time: midnight })
  if (vanished) await control.removeOrder(set, vanished.trans_id)
  if (unknown) await control.addDocument({ ...old, source_id: unknown.trans_id, code: 'LS-UNKNOWN' })
  const strange = { ...dearer, trans_id: `${dearer.trans_id}X`, products: undefined, ...line!, num: 0 }
  await control.addTradeEntries(set, { ...strange, update_time: back.update_time } as never)
}

/** A closed day with a change since, and the day after with each kind of difference. */
export async function settleDays(
  url: string,
  token: string,
  sandbox: Sandbox,
  { set_of_book, localToken, now }: DemoBooks,
): Promise<void> {
  const [closed, differing] = [timeText(now - 13 * day).slice(0, 10), timeText(now - 12 * day).slice(0, 10)]
  await check(url, token, closed)
  await askApp(url, token, 'POST', `/api/settlements/${closed}/close`, { note: '条码待建，月底补导' }).catch(
    (error) => {
      if (!(error instanceof Refusal)) throw error
    },
  )
  const ordersOf = async (date: string) => {
    const query = new URLSearchParams({ action: 'trade_view', start_date: date, end_date: date, limit: '1000' })
    return (await askApp<{ root: ShownOrder[] }>(url, token, 'GET', `/api/orders?${query}`)).root
  }
  const [late] = await ordersOf(closed)
  const changed = { ...late!, status: 103, update_time: timeText(Date.now() - 60_000) }
  await sandbox.control.addOrders(set_of_book, changed)
  await askApp(url, localToken, 'POST', '/api/create_order', changed)
  await plantDifferences(sandbox, set_of_book, await ordersOf(differing))
  await check(url, token, differing)
}
