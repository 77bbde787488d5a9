import { expect } from 'vitest'
import { randomFrom, startOfDay, timeText } from '../../sandbox/shop.ts'
import type { Order } from '../../sandbox/state.ts'
import { orderMessage, useApp, type Fields, type Shop } from '../api/server.ts'
import { HOUR, useClock } from './clock.ts'
import { eventually, orderRows, seed } from './setup.ts'

interface Row {
  download_cursor: number
  last_attempt_at: number | null
  last_review_day: string | null
}
/** An order made at this moment. */
export function order(transId: string, made: number, changes: Partial<Order> = {}): Order {
  return { ...orderMessage(transId), create_time: timeText(made), update_time: timeText(made), ...changes }
}

/** A moment of the shop's clock. */
export const timeOf = (text: string) => Date.parse(`${text.replace(' ', 'T')}+08:00`)

/** Orders spread over a time, in a random order. */
export function sales(shop: Shop, from: number, until: number, count: number): Order[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, (_, index) => order(`${shop.name}-${index}`, from + random() * (until - from)))
}

/** An app whose scheduler lives by a clock that the test sets. */
export function useScheduler() {
  /** The shop's noon, so that no test runs into the night by itself. */
  const clock = useClock(startOfDay(Date.now()) + 12 * HOUR)
  const context = useApp(clock.settings)

  /** Switches on; done again it only makes the scheduler look now instead of within five seconds. */
  async function automate(shop: Shop, switches: Fields = { downloads: true, imports: false }, token = shop.token) {
    const { status, body } = await context.app.ask('PUT /api/automation', { token, body: switches })
    expect(status, String(body.errmsg)).toBe(200)
    return body
  }

  const automation = (shop: Shop) =>
    context.app.rows<Row>('SELECT * FROM automations WHERE set_of_book_id = ?', shop.id)[0]!

  /** Waits for a download that has begun after now. */
  async function untilDownloaded(shop: Shop, token = shop.token) {
    const begin = clock.now
    await automate(shop, undefined, token)
    await eventually(() => (automation(shop).last_attempt_at ?? 0) >= begin)
  }

  const sell = (shop: Shop, ...orders: Order[]) => context.app.sandbox.control.addOrders(shop.name, ...orders)
  const statusOf = (shop: Shop, transId: string) =>
    orderRows(context.app, shop).find((row) => row.trans_id === transId)?.status

  /**
   * What goBox was asked for this shop by downloads, with the ranges in milliseconds; day checks ask for whole days.
   */
  async function windows(shop: Shop) {
    const { control, state } = context.app.sandbox
    const calls = await control.calls('gobox.trade')
    const own = calls.filter(
      ({ body }) => state.accessTokens.get((body as { access_token: string }).access_token)?.set_of_book === shop.name,
    )
    const isCheck = (body: unknown) => /00:00:00$/.test((body as { start_date: string }).start_date)
    const downloads = own.filter(
      ({ body }) => !(isCheck(body) && /23:59:59$/.test((body as { end_date: string }).end_date)),
    )
    return downloads.map(({ body, time }) => {
      const { start_date, end_date, page } = body as { start_date: string; end_date: string; page: number }
      return { from: timeOf(start_date), until: timeOf(end_date), page, time }
    })
  }

  return { clock, context, automate, automation, untilDownloaded, sell, statusOf, windows }
}
