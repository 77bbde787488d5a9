import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox } from '../../sandbox/server.ts'
import { cabinetsOf, randomFrom, shopHistory, shopOrder, startOfDay, timeText } from '../../sandbox/shop.ts'
import type { Order } from '../../sandbox/state.ts'
import { askApp, Refusal } from './app.ts'
import { settleDays } from './books.ts'

const day = 86_400_000
const pause = 4000
const hour = 3_600_000
const HISTORY_DAYS = 60
/** Before these the shop sold a quarter of what it sells now. */
const RECENT_DAYS = 14
/** The last cabinet is so new that nobody has configured it. */
const NEW_DAYS = 2
/** What was sold since is still at goBox, and what was sold before that since `IMPORTED_UNTIL` waits for a clerk. */
const DOWNLOADED_UNTIL = hour
const IMPORTED_UNTIL = 4 * hour
const LONGEST_IMPORT = 120_000
/** Which of a shop's cabinets sells nothing any more. */
const SILENT = 5

export const shops = [
  { set_of_book: 'A001', user_name: '陈晓东', c8Token: 'c8-token-A001', seed: 20261, ordersPerDay: 60 },
  { set_of_book: 'B002', user_name: '王建国', c8Token: 'c8-token-B002', seed: 20262, ordersPerDay: 35 },
]
type Shop = (typeof shops)[number]

export interface OpenShop extends Shop {
  cabinets: number[]
  /** What goBox shows to the webhook. */
  localToken: string
}

/**
 * A shop in the middle of its life, with two months of orders: all but a new cabinet configured, all but the last
 * hour's orders downloaded and all but the last hours' imported, some of which have failed; one cabinet silent, one day
 * closed and one with each kind of difference. The oldest weeks are imported in the background.
 */
export async function setUpShop(url: string, sandbox: Sandbox, shop: Shop): Promise<OpenShop> {
  const { set_of_book, user_name, c8Token, seed, ordersPerDay } = shop
  const cabinets = (cabinetsOf[set_of_book] ?? []).map(({ dev_id }) => dev_id)
  const now = Date.now()
  const all = shopHistory({ seed, cabinets, until: now, ordersPerDay, days: HISTORY_DAYS })
  const history = all.filter((order, index) => isSold(order, index, cabinets, now))
  const isLate = ({ create_time }: Order) => create_time > timeText(now - DOWNLOADED_UNTIL)
  await sandbox.control.addOrders(set_of_book, ...history.filter((order) => !isLate(order)))

  const login = new URLSearchParams({ url: sandbox.c8Url, set_of_book, user_name })
  const { token } = await askApp<{ token: string }>(url, c8Token, 'GET', `/api/access_token?${login}`)
  const settings = await askApp<{ id: number; token: string }>(url, token, 'GET', '/api/set_of_books')
  const { gobox_user, app_key } = sandbox.state.setOfBooks.get(set_of_book)!
  await askApp(url, token, 'PUT', `/api/set_of_books/${settings.id}`, { app_key, user_name: gobox_user })
  await configureCabinets(url, token, set_of_book)
  for (let back = HISTORY_DAYS - 1; back >= 0; back -= 7)
    await download(url, token, now - back * day, now - Math.max(0, back - 6) * day)
  const [closed, differing] = [13, 12]
  await importDays(url, token, now - closed * day, now - differing * day)
  await settleDays(url, token, sandbox, { set_of_book, localToken: settings.token, now })
  for (let back = differing - 1; back > 0; back -= 3)
    await startImport(url, token, now - back * day, now - Math.max(1, back - 2) * day)
  await startImport(url, token, startOfDay(now), now - IMPORTED_UNTIL)
  await importsEnd(url, token)
  await startImport(url, token, now - HISTORY_DAYS * day, now - (closed + 1) * day)
  await sandbox.control.addOrders(set_of_book, ...history.filter(isLate))
  return { ...shop, cabinets: cabinets.filter((_, index) => index !== SILENT), localToken: settings.token }
}

/** Whether an order of the made-up history belongs to this shop. */
function isSold({ dev_id, create_time }: Order, index: number, cabinets: number[], now: number): boolean {
  if (dev_id === cabinets[SILENT] && create_time > timeText(now - 4 * day)) return false
  if (dev_id === cabinets.at(-1) && create_time < timeText(now - NEW_DAYS * day)) return false
  return create_time > timeText(now - RECENT_DAYS * day) || index % 4 === 0
}

async function configureCabinets(url: string, token: string, setOfBook: string): Promise<void> {
  for (const [index, { name, dev_id }] of (cabinetsOf[setOfBook] ?? []).slice(0, -1).entries()) {
    await askApp(url, token, 'POST', '/api/devices', {
      name,
      dev_id,
      store_id: 2 + (index % 5),
      bank_id: 21 + (index % 2),
      member_id: 62,
      employee_id: 41 + (index % 6),
      bill_type: index % 3,
    })
  }
}

async function download(url: string, token: string, from: number, to: number): Promise<void> {
  let page: number | null = 1
  while (page !== null) {
    const query = new URLSearchParams({
      action: 'get_orders',
      start_date: timeText(from).slice(0, 10),
      end_date: timeText(to).slice(0, 10),
      page: String(page),
    })
    const answer: { page: number | null } = await askApp(url, token, 'GET', `/api/orders?${query}`)
    page = answer.page
  }
}

/** Has the paid orders of these days imported, without waiting for it; of today only those up to `until`. */
async function startImport(url: string, token: string, from: number, until: number): Promise<void> {
  const isToday = startOfDay(until) === startOfDay(Date.now())
  const [start_date, end_date] = [timeText(from).slice(0, 10), isToday ? timeText(until) : timeText(until).slice(0, 10)]
  if (until < startOfDay(from)) return
  const filter = { start_date, end_date, status: 100, is_imported: 0 }
  await askApp(url, token, 'POST', '/api/imports', { filter }).catch((error) => {
    // Early in the day there is nothing to import yet.
    if (!(error instanceof Refusal)) throw error
  })
}

/** Waits until no batch has anything left to do. */
async function importsEnd(url: string, token: string): Promise<void> {
  for (const deadline = Date.now() + LONGEST_IMPORT; Date.now() < deadline; await sleep(200)) {
    const { root } = await askApp<{ root: { pending: number }[] }>(url, token, 'GET', '/api/imports')
    if (root.every(({ pending }) => pending === 0)) return
  }
}

/** So many orders of the last of these days are left, so that some of each kind can differ. */
const LEFT = 3

/** Imports one by one; a few fail on purpose (barcodes that C8 does not know) and stay for the clerk to see. */
async function importDays(url: string, token: string, from: number, until: number): Promise<void> {
  const [start_date, end_date] = [timeText(from).slice(0, 10), timeText(until).slice(0, 10)]
  const query = new URLSearchParams({ action: 'trade_view', start_date, end_date, status: '100', limit: '1000' })
  const { root } = await askApp<{ root: { id: number }[] }>(url, token, 'GET', `/api/orders?${query}`)
  root.splice(0, LEFT)
  const importNext = async (): Promise<void> => {
    const order = root.pop()
    if (order === undefined) return
    await askApp(url, token, 'POST', `/api/orders/${order.id}?action=import`).catch((error) => {
      if (!(error instanceof Refusal)) throw error
    })
    return importNext()
  }
  await Promise.all(Array.from({ length: 6 }, importNext))
}

/** Sends goBox's messages until the returned function is called. */
export function keepOrdersComing(url: string, sandbox: Sandbox, opened: OpenShop[]): () => void {
  const random = randomFrom(Date.now())
  let sequence = 9000
  const paid: { shop: OpenShop; order: Order }[] = []
  const timer = setInterval(() => {
    const shop = opened[random() < 0.7 ? 0 : 1] ?? opened[0]!
    void deliver(shop, shopOrder(random, shop.cabinets, Date.now(), sequence++))
    const refund = random() < 0.1 ? paid.shift() : undefined
    if (refund) void deliver(refund.shop, { ...refund.order, status: 103, update_time: timeText(Date.now()) })
  }, pause)
  return () => clearInterval(timer)

  async function deliver(shop: OpenShop, order: Order) {
    await sandbox.control.addOrders(shop.set_of_book, order)
    if (order.status === 100) paid.push({ shop, order })
    await askApp(url, shop.localToken, 'POST', '/api/create_order', order).catch((error: Error) =>
      console.error(`A goBox message was not taken: ${error.message}`),
    )
  }
}
