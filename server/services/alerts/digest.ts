import type { Compared, DigestFigures } from '#shared/alert-message'
import { fenToYuan } from '#shared/money'
import { PAID, PAID_BACK } from '#shared/order-status'
import { dateOfTime } from '#shared/dates'
import { DAY, formatTime, parseTime, startOfDay } from '#shared/time'
import { queueDelivery, isClaimed } from '../../repositories/alert-deliveries.ts'
import type { Listener } from '../../repositories/alert-channels.ts'
import { readCabinetNames } from '../../repositories/cabinets.ts'
import type { Span } from '../../repositories/order-filter.ts'
import { findWindows } from '../../repositories/order-totals.ts'
import { sumByCabinet, sumByGoods, sumByStatus } from '../../repositories/summary.ts'
import { isDayClosed } from '../../repositories/settlements.ts'
import { useConfig } from '../../config.ts'
import { nextTurn } from '../../turns.ts'
import type { KeptItem } from '../attention/list.ts'
import { marginOf, total } from '../summarize.ts'

const MINUTE = 60_000
const NOON = DAY / 2
/** The same weekday a week before. */
const WEEK = 7
const MAX_ITEMS = 200

/** The shop's day so many days before; asked for at noon, so that a change of the clock moves none. */
function dayBefore(now: number, days: number, zone: string): Span {
  const from = startOfDay(startOfDay(now, zone) + NOON - days * DAY, zone)
  return { from, to: startOfDay(from + NOON + DAY, zone) - 1 }
}

async function figuresOf(setOfBookId: number, { from, to }: Span) {
  await nextTurn()
  const sums = await sumByStatus(setOfBookId, { from, to })
  const of = (status: number) => total([...sums].filter(([key]) => key === status).map(([, sum]) => sum))
  const goods = await sumByGoods(setOfBookId, { from, to })
  const imported = total(await findWindows(setOfBookId, { start_date: from, end_date: to, is_imported: true }))
  return {
    orders: total(sums.values()).orders,
    sales: fenToYuan(of(PAID).amount),
    sales_orders: of(PAID).orders,
    refunds: fenToYuan(of(PAID_BACK).amount),
    refund_orders: of(PAID_BACK).orders,
    margin: marginOf(goods).margin,
    imported: imported.orders,
  }
}

/** Yesterday in the overview's figures, each beside that of a week before. */
async function digestFigures(setOfBookId: number, openItems: number, now: number): Promise<DigestFigures> {
  const { zone } = useConfig()
  const day = dayBefore(now, 1, zone)
  const yesterday = await figuresOf(setOfBookId, day)
  const before = await figuresOf(setOfBookId, dayBefore(now, 1 + WEEK, zone))
  const compared = (field: keyof typeof yesterday): Compared => ({ value: yesterday[field], before: before[field] })
  const selling = await sumByCabinet(setOfBookId, day)
  const names = [...(await readCabinetNames(setOfBookId))].filter(([devId]) => !selling.has(devId))
  const date = dateOfTime(day.from, zone)
  return {
    date,
    orders: compared('orders'),
    sales: compared('sales'),
    sales_orders: compared('sales_orders'),
    refunds: compared('refunds'),
    refund_orders: compared('refund_orders'),
    margin: compared('margin'),
    imported: compared('imported'),
    open_items: openItems,
    closed: await isDayClosed(setOfBookId, date),
    cabinets_without_sale: names.map(([dev_id, name]) => ({ dev_id, name })),
  }
}

/** The day whose digest has been seen to be queued, by channel: the database need not be asked again. */
const queued = new Map<number, string>()

/** Queues a channel's digest once a day, at its time or later that day. */
export async function planDigest(listener: Listener, items: KeptItem[], now: number): Promise<void> {
  const { zone } = useConfig()
  const { id: channelId, setOfBookId, digestAt, digestSince } = listener
  const today = formatTime(now, zone).slice(0, 10)
  if (digestAt === null || queued.get(channelId) === today) return
  const due = parseTime(`${today} ${digestAt}`, zone)!
  // A time that was over when it was set is tomorrow's.
  if (now < due || due + MINUTE <= digestSince) return
  const claim = `digest ${today}`
  if (!(await isClaimed(channelId, claim))) {
    const open = items.filter(({ isSnoozed }) => !isSnoozed).map(({ item }) => item)
    const digest = await digestFigures(setOfBookId, open.length, now)
    const message = { items: open.slice(0, MAX_ITEMS), digest }
    await queueDelivery({ setOfBookId, channelId, type: 'digest', severity: 'warning', message, claim }, now)
  }
  queued.set(channelId, today)
}
