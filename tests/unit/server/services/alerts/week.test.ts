import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import type { DigestFigures } from '#shared/alert-message'
import { rejectedMessages } from '#drizzle/schema/messages'
import { settlementDays } from '#drizzle/schema/settlements'
import { orders } from '#drizzle/schema/orders'
import { saveLastWebhook } from '#server/repositories/contacts'
import { addTotals, findWindows } from '#server/repositories/order-totals'
import { pauseImports, resumeImports } from '#server/repositories/set-of-books'
import { readAttention } from '#server/services/attention/list'
import { summarize } from '#server/services/summarize'
import { addDevice, addOrder, addOrders, type NewOrder } from '../../with-storage.ts'
import { at, HOUR, MINUTE, useAlertWorld, ZONE } from './setup.ts'
import { expectOnce, expectWords, isNight, listTold } from './told.ts'

const DAY = 24 * HOUR
const STEP = 10 * MINUTE
const begin = at('2026-11-02 00:00')
// Nothing hangs here: a busy machine is not to look like it.
const world = useAlertWorld(begin, { timeout: 30_000 })

interface Fault {
  from: number
  to: number
}

const silence: Fault = { from: at('2026-11-04 09:00'), to: at('2026-11-04 20:00') }
const deadCabinet: Fault = { from: at('2026-11-05 09:00'), to: at('2026-11-07 09:00') }
const pause: Fault = { from: at('2026-11-03 10:01'), to: at('2026-11-03 14:00') }
const fullDisk: Fault = { from: at('2026-11-07 02:00'), to: at('2026-11-07 05:00') }
const refund: Fault = { from: at('2026-11-06 23:20'), to: at('2026-11-07 12:00') }
const slowRefund: Fault = { from: at('2026-11-07 16:00'), to: at('2026-11-08 19:00') }
/** Over before the morning comes: nobody is told. */
const nightly: Fault = { from: at('2026-11-05 23:30'), to: at('2026-11-06 05:00') }
/** 飞书 is away while the cabinet dies. */
const robotAway: Fault = { from: at('2026-11-05 11:00'), to: at('2026-11-05 12:40') }
const isIn = ({ from, to }: Fault, now: number) => now >= from && now < to
const begins = (fault: Fault, now: number) => isIn(fault, now) && !isIn(fault, now - STEP)
const ends = (fault: Fault, now: number) => !isIn(fault, now) && isIn(fault, now - STEP)

/** Both cabinets sell twice an hour from 8 to 22 o'clock; each day a little more, some of it is paid back. */
function salesOf(cabinets: number[], from: number, to: number): NewOrder[] {
  const list: NewOrder[] = []
  for (let time = Math.ceil(from / (30 * MINUTE)) * 30 * MINUTE; time < to; time += 30 * MINUTE) {
    const wall = new Date(time + 8 * HOUR)
    if (wall.getUTCHours() < 8 || wall.getUTCHours() >= 22) continue
    const amount = 100 * wall.getUTCDate()
    const products = [{ barcode: '6900000000017', name: '水', num: 1, amount, cost: 60 }]
    const isLate = wall.getUTCHours() === 21
    for (const devId of cabinets)
      list.push({
        setOfBookId: world.setOfBookId,
        devId,
        createTime: time,
        products,
        status: isLate ? 103 : 100,
        importState: isLate || isIn(pause, time) ? 'idle' : 'imported',
      })
  }
  return list
}

async function setPause(now: number) {
  const reason = { message: 'C8 登录已失效', code: 'imports_await_log_in' } as const
  if (begins(pause, now)) await pauseImports(world.setOfBookId, reason)
  if (ends(pause, now)) await world.storage.write((tx) => resumeImports(tx, world.setOfBookId))
}

async function setRefunds(now: number) {
  const change = (transId: string, change: Partial<NewOrder>) =>
    world.storage.write((tx) => tx.update(orders).set(change).where(eq(orders.transId, transId)))
  const order = { setOfBookId: world.setOfBookId, devId: 1 }
  const noon = at('2026-11-06 12:00')
  if (begins(refund, now))
    await addOrder(world.storage, {
      ...order,
      transId: 'refunded',
      status: 103,
      importState: 'imported',
      createTime: noon,
    })
  if (ends(refund, now)) await change('refunded', { refundHandledAt: now })
  if (begins(slowRefund, now))
    await addOrder(world.storage, { ...order, transId: 'slow', status: 102, createTime: slowRefund.from })
  if (ends(slowRefund, now)) await change('slow', { status: 103, updateTime: now })
}

async function setRejected(now: number) {
  const { storage, setOfBookId } = world
  const message = {
    setOfBookId,
    receivedAt: now,
    source: 'webhook',
    truncated: false,
    reason: '必填',
    body: '',
  } as const
  if (begins(nightly, now)) await storage.write((tx) => tx.insert(rejectedMessages).values(message))
  if (ends(nightly, now)) await storage.write((tx) => tx.delete(rejectedMessages))
}

/** Of every second day somebody closes the books, at seven in the morning after it. */
async function closeBooks(now: number) {
  const day = now - 31 * HOUR
  const wall = new Date(day + 8 * HOUR)
  if ((day - begin) % (2 * DAY) !== 0) return
  const date = wall.toISOString().slice(0, 10)
  const row = { setOfBookId: world.setOfBookId, date, beginAt: day, endAt: day + DAY - 1, closedAt: now }
  await world.storage.write((tx) => tx.insert(settlementDays).values(row))
}

async function live(now: number) {
  const cabinets = isIn(silence, now) ? [] : isIn(deadCabinet, now) ? [1] : [1, 2]
  const sold = salesOf(cabinets, now - STEP, now)
  if (sold.length > 0) await addOrders(world.storage, sold)
  if (!isIn(silence, now)) await saveLastWebhook(world.setOfBookId, now)
  await setPause(now)
  await setRefunds(now)
  await setRejected(now)
  await closeBooks(now)
  world.freeSpace = isIn(fullDisk, now) ? 2 ** 20 : 2 ** 40
  world.robots.faults = isIn(robotAway, now) ? { feishu: 'broken' } : {}
}

/** What the pages show at that moment of the day before. */
async function shownOf(now: number): Promise<DigestFigures> {
  const { setOfBookId } = world
  const day = now - DAY
  const today = (await summarize(setOfBookId, 1, day, ZONE)).periods[0]!
  const before = (await summarize(setOfBookId, 1, day - 7 * DAY, ZONE)).periods[0]!
  const date = new Date(day + 8 * HOUR).toISOString().slice(0, 10)
  const importedOn = async (from: number) =>
    addTotals(await findWindows(setOfBookId, { start_date: from, end_date: from + DAY - 1, is_imported: true })).orders
  const midnight = at(`${date} 00:00`)
  const imported = { value: await importedOn(midnight), before: await importedOn(midnight - 7 * DAY) }
  const open = (await readAttention(setOfBookId, now)).filter(({ isSnoozed }) => !isSnoozed)
  return {
    date,
    orders: { value: today.all.orders, before: before.all.orders },
    sales: { value: today.sales.amount, before: before.sales.amount },
    sales_orders: { value: today.sales.orders, before: before.sales.orders },
    refunds: { value: today.refunds.amount, before: before.refunds.amount },
    refund_orders: { value: today.refunds.orders, before: before.refunds.orders },
    margin: { value: today.margin, before: before.margin },
    imported,
    open_items: open.length,
    closed: (midnight - begin) % (2 * DAY) === 0,
    cabinets_without_sale: date === '2026-11-06' ? [{ dev_id: 2, name: '后门' }] : [],
  }
}

const EVENTS = [
  { title: '导入已暂停', grave: true, from: pause.from, to: pause.to },
  { title: 'goBox 没有消息', grave: true, from: silence.from + 3 * HOUR, to: silence.to },
  { title: '磁盘快满了', grave: true, from: fullDisk.from, to: fullDisk.to },
  { title: '货柜没有销售：大厅', grave: false, from: silence.from + 3 * HOUR, to: silence.to },
  { title: '货柜没有销售：后门', grave: false, from: silence.from + 3 * HOUR, to: silence.to },
  { title: '货柜没有销售：后门', grave: false, from: deadCabinet.from + 3 * HOUR, to: deadCabinet.to },
  // At night it waits for the morning.
  { title: '导入后退款', grave: false, from: at('2026-11-07 08:00'), to: refund.to },
  { title: '退款超期', grave: false, from: slowRefund.from + DAY, to: slowRefund.to },
]
const KINDS = ['wecom', 'dingtalk', 'feishu', 'webhook', 'owner@example.com']
const CHIEF = 'chief@example.com'
it('tells each event of a week once on each channel that wants it, its end once, and at night what is critical', async () => {
  const { storage, setOfBookId } = world
  await addDevice(storage, setOfBookId, 1, '大厅')
  await addDevice(storage, setOfBookId, 2, '后门')
  await addOrders(storage, salesOf([1, 2], begin - 30 * DAY, begin))
  const quiet = { quietFrom: '22:00', quietTo: '08:00', digestAt: '08:07' }
  for (const type of ['wecom', 'dingtalk', 'feishu', 'email'] as const) await world.addChannel({ type, ...quiet })
  await world.addChannel({ type: 'webhook', ...quiet, digestAt: '07:00' })
  await world.addChannel({ type: 'email', url: `mailto:${CHIEF}`, minSeverity: 'critical' })

  const shown: { at: number; figures: DigestFigures }[] = []
  for (let now = begin + STEP; now < begin + 7 * DAY; now += STEP) {
    await live(now)
    await world.tick(now)
    const digests = listTold(world).filter(({ kind, at: time }) => kind === 'digest' && time === now)
    if (digests.length > 0) shown.push({ at: now, figures: await shownOf(now) })
  }

  const told = listTold(world)
  for (const channel of [...KINDS, CHIEF]) {
    const events = EVENTS.filter(({ grave }) => grave || channel !== CHIEF)
    expectOnce(
      told,
      channel,
      'opened',
      events.map(({ title, from }) => ({ title, at: from })),
    )
    expectOnce(
      told,
      channel,
      'resolved',
      events.map(({ title, to }) => ({ title, at: to })),
    )
    const night = told.filter((one) => one.channel === channel && one.kind !== 'digest' && isNight(one.at))
    expect(
      night.flatMap(({ titles }) => titles),
      channel,
    ).toEqual(['磁盘快满了', '磁盘快满了'])
  }

  for (const channel of KINDS) {
    const digests = told.filter((one) => one.channel === channel && one.kind === 'digest')
    expect(digests, channel).toHaveLength(7)
    for (const { at: time, digest, text } of digests) {
      const { figures } = shown.find((one) => one.at === time)!
      if (digest) expect(digest).toMatchObject({ ...figures })
      else expectWords(text, figures)
    }
  }
  expect(told.filter(({ channel, kind }) => channel === CHIEF && kind === 'digest')).toEqual([])
}, 120_000)
