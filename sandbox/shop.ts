import { shopGoods, type Goods } from './catalog.ts'
import type { Order, OrderLine } from './state.ts'

const day = 86_400_000
/** The shops are in China, which has no daylight saving time. */
const chinaOffset = 8 * 3_600_000

/** How busy each hour of a day is: breakfast, lunch and the evening. */
const hourWeights = [3, 2, 1, 1, 1, 2, 6, 16, 22, 12, 10, 18, 30, 24, 12, 12, 14, 18, 24, 22, 18, 14, 10, 6]

export interface ShopOptions {
  seed: number
  /** The cabinets' numbers at goBox. */
  cabinets: number[]
  /** The last moment of the history, milliseconds. */
  until: number
  days?: number
  ordersPerDay?: number
}

/** The cabinets of the demo's account sets, eight each. */
export const cabinetsOf: Record<string, { dev_id: number; name: string }[]> = {
  A001: cabinets(10081, [
    '科技园 A 座大堂',
    '科技园 B 座 3 楼',
    '南山医院门诊',
    '南山医院住院部',
    '大学城图书馆',
    '大学城 2 号宿舍',
    '福田站 C 口',
    '前海大厦茶水间',
  ]),
  B002: cabinets(20081, [
    '软件园一期食堂',
    '软件园二期大堂',
    '会展中心西厅',
    '人民医院急诊',
    '体育馆东门',
    '高铁站候车厅',
    '机场 T2 到达',
    '万象城地下一层',
  ]),
}

function cabinets(first: number, names: string[]) {
  return names.map((name, index) => ({ dev_id: first + index, name }))
}

/** A shop's history, oldest first: the same seed and end give the same orders. */
export function shopHistory({ seed, cabinets, until, days = 14, ordersPerDay = 60 }: ShopOptions): Order[] {
  const random = randomFrom(seed)
  const firstDay = startOfDay(until) - (days - 1) * day
  return Array.from({ length: days }, (_, index) => ordersOfDay(firstDay + index * day)).flat()

  function ordersOfDay(midnight: number): Order[] {
    const isWeekend = [0, 6].includes(new Date(midnight + chinaOffset).getUTCDay())
    const count = Math.round(ordersPerDay * (isWeekend ? 0.7 : 1) * (0.85 + random() * 0.3))
    return Array.from({ length: count }, () => midnight + timeOfDay(random))
      .sort((a, b) => a - b)
      .map((time, index) => shopOrder(random, cabinets, time, index + 1, until))
      .filter((order) => order.create_time <= timeText(until))
  }
}

/** One order of this moment; `sequence` keeps its `trans_id` apart from others of the same second. */
export function shopOrder(
  random: () => number,
  cabinets: number[],
  time: number,
  sequence: number,
  until = time,
): Order {
  const dev_id = pick(random, cabinets)
  const create_time = timeText(time)
  const stamp = create_time.replaceAll(/\D/g, '')
  const fate = random()
  const refundTime = time + (5 + random() * 600) * 60_000
  const refunded = fate < 0.04 && refundTime <= until
  const status = refunded
    ? pick(random, [102, 103, 103, 103, 104])
    : fate > 0.985
      ? pick(random, [101, 105, 107, 109])
      : 100
  return {
    trans_id: `T${stamp}${dev_id}${String(sequence).padStart(4, '0')}`,
    status,
    e_id: `E${stamp}${Math.floor(random() * 1e6)
      .toString()
      .padStart(6, '0')}`,
    dev_id,
    create_time,
    update_time: timeText(refunded ? refundTime : Math.min(until, time + Math.floor(random() * 40_000))),
    products: basket(random),
  }
}

/** A seeded generator of numbers from 0 up to, but without, 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export function timeText(time: number): string {
  return new Date(time + chinaOffset).toISOString().slice(0, 19).replace('T', ' ')
}

/** Midnight, in China, of the day that contains `time`. */
export function startOfDay(time: number): number {
  return Math.floor((time + chinaOffset) / day) * day - chinaOffset
}

/** A moment of a day, as milliseconds since midnight: more often when people are about. */
export function timeOfDay(random: () => number): number {
  let rest = random() * hourWeights.reduce((sum, weight) => sum + weight, 0)
  const hour = hourWeights.findIndex((weight) => (rest -= weight) < 0)
  return Math.floor((Math.max(hour, 0) + random()) * 3_600_000)
}

/** Mostly one or two products. Those unknown to C8 are rare, so that few imports fail. */
function basket(random: () => number): OrderLine[] {
  const size = pick(random, [1, 1, 1, 2, 2, 2, 3, 4])
  const chosen = new Set<Goods>()
  while (chosen.size < size) {
    const goods = pick(random, shopGoods)
    if (!goods.unknownToC8 || random() < 0.3) chosen.add(goods)
  }
  return [...chosen].map((goods) => {
    const num = pick(random, [1, 1, 1, 1, 2, 2, 3])
    const discount = random() < 0.12 ? pick(random, [0.9, 0.88]) : 1
    const amount = Math.round(goods.price * num * discount)
    return { barcode: goods.barcode, name: goods.name, num, amount: amount / 100, cost: (goods.cost * num) / 100 }
  })
}

function pick<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T
}
