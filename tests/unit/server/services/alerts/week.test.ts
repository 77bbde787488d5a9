import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { orders } from '#drizzle/schema/orders'
import { setOfBooks } from '#drizzle/schema/account-sets'
import { saveLastWebhook } from '#server/repositories/contacts'
import { pauseImports, resumeImports } from '#server/repositories/set-of-books'
import { summarize } from '#server/services/summarize'
import type { TakenMessage } from '../../../../../sandbox/robots.ts'
import { addDevice, addOrder, addOrders, type NewOrder } from '../../with-storage.ts'
import { at, HOUR, MINUTE, useAlertWorld, ZONE } from './setup.ts'

const DAY = 24 * HOUR
const begin = at('2026-11-02 00:00')
const world = useAlertWorld(begin)

/** Both cabinets sell twice an hour from 8 to 22 o'clock. */
function salesOf(cabinets: number[], from: number, to: number): NewOrder[] {
  const list: NewOrder[] = []
  for (let time = Math.ceil(from / (30 * MINUTE)) * 30 * MINUTE; time < to; time += 30 * MINUTE) {
    const hour = new Date(time + 8 * HOUR).getUTCHours()
    if (hour < 8 || hour >= 22) continue
    for (const devId of cabinets) list.push({ setOfBookId: world.setOfBookId, devId, createTime: time })
  }
  return list
}

interface Fault {
  from: number
  to: number
}

const silence: Fault = { from: at('2026-11-04 09:00'), to: at('2026-11-04 20:00') }
const deadCabinet: Fault = { from: at('2026-11-05 09:00'), to: at('2026-11-06 09:00') }
const pause: Fault = { from: at('2026-11-03 10:01'), to: at('2026-11-03 14:00') }
const fullDisk: Fault = { from: at('2026-11-07 02:00'), to: at('2026-11-07 05:00') }
const refund: Fault = { from: at('2026-11-06 23:20'), to: at('2026-11-07 12:00') }
const isIn = ({ from, to }: Fault, now: number) => now >= from && now < to

async function setPause(now: number, step: number) {
  const reason = { message: 'C8 登录已失效', code: 'imports_await_log_in' } as const
  if (isIn(pause, now) && !isIn(pause, now - step)) await pauseImports(world.setOfBookId, reason)
  if (!isIn(pause, now) && isIn(pause, now - step))
    await world.storage.write((tx) => resumeImports(tx, world.setOfBookId))
}

async function setRefund(now: number, step: number) {
  if (isIn(refund, now) && !isIn(refund, now - step)) {
    const refunded = {
      transId: 'refunded',
      status: 103,
      importState: 'imported',
      createTime: at('2026-11-06 12:00'),
    } as const
    await addOrder(world.storage, { setOfBookId: world.setOfBookId, devId: 1, ...refunded })
  }
  if (!isIn(refund, now) && isIn(refund, now - step))
    await world.storage.write((tx) =>
      tx.update(orders).set({ importState: 'idle' }).where(eq(orders.transId, 'refunded')),
    )
}

async function live(now: number, step: number) {
  const cabinets = isIn(silence, now) ? [] : isIn(deadCabinet, now) ? [1] : [1, 2]
  const sold = salesOf(cabinets, now - step, now)
  if (sold.length > 0) await addOrders(world.storage, sold)
  if (!isIn(silence, now)) await saveLastWebhook(world.setOfBookId, now)
  await setPause(now, step)
  await setRefund(now, step)
  world.freeSpace = isIn(fullDisk, now) ? 2 ** 20 : 2 ** 40
  // 钉钉 is away while the cabinet dies.
  world.robots.faults = isIn({ from: at('2026-11-05 11:00'), to: at('2026-11-05 12:40') }, now)
    ? { feishu: 'broken' }
    : {}
}

const clock = (time: number) => new Date(time + 8 * HOUR).toISOString().slice(11, 16)
const textOf = ({ robot, text, body }: TakenMessage) => (robot === 'webhook' ? JSON.stringify(body) : text)
const heard = (robot: string) => world.robots.messages.filter((message) => message.robot === robot)
const times = (list: TakenMessage[], text: string) =>
  list.filter((message) => !/日报/.test(textOf(message)) && textOf(message).includes(text)).map(({ at: time }) => time)

it('tells each event of a week once on each channel that wants it, its end once, and at night what is critical', async () => {
  const { storage, setOfBookId } = world
  for (const [devId, name] of [
    [1, '大厅'],
    [2, '后门'],
  ] as const)
    await addDevice(storage, setOfBookId, devId, name)
  await addOrders(storage, salesOf([1, 2], begin - 30 * DAY, begin))
  await world.addChannel({ type: 'wecom', quietFrom: '22:00', quietTo: '08:00', digestAt: '08:07' })
  await world.addChannel({ type: 'feishu', digestAt: '08:07' })
  await world.addChannel({ type: 'dingtalk', minSeverity: 'critical' })
  await world.addChannel({ type: 'webhook', quietFrom: '22:00', quietTo: '08:00', digestAt: '07:00' })
  await world.addChannel({ type: 'email', minSeverity: 'critical' })

  const step = 10 * MINUTE
  for (let now = begin + step; now < begin + 7 * DAY; now += step) {
    await live(now, step)
    await world.tick(now)
  }

  const events = [
    { opened: '导入已暂停', grave: true, from: pause.from, to: pause.to },
    { opened: 'goBox 没有消息', grave: true, from: silence.from + 3 * HOUR, to: silence.to },
    { opened: '磁盘快满了', grave: true, from: fullDisk.from, to: fullDisk.to },
    { opened: '货柜没有销售：大厅', grave: false, from: silence.from + 3 * HOUR, to: silence.to },
    { opened: '导入后退款', grave: false, from: at('2026-11-07 08:00'), to: refund.to },
  ]
  for (const { opened, grave, from, to } of events) {
    for (const robot of grave ? ['wecom', 'dingtalk'] : ['wecom']) {
      const [told, ...more] = times(heard(robot), `：${opened}**`)
      expect(more, `${robot} ${opened}`).toEqual([])
      expect(told! - from, `${robot} ${opened} at ${new Date(told!).toISOString()}`).toBeLessThan(45 * MINUTE)
      expect(told! - from).toBeGreaterThanOrEqual(-10 * MINUTE)
      const ends = times(heard(robot), `已恢复：${opened}`)
      expect(ends, `${robot} ${opened} is over`).toHaveLength(1)
      expect(ends[0]! - to).toBeLessThan(45 * MINUTE)
    }
  }
  // The dead cabinet and the silent week day are two events of one cabinet.
  for (const robot of ['wecom', 'feishu']) expect(times(heard(robot), '货柜没有销售：后门').length, robot).toBe(4)
  expect(heard('dingtalk').every(({ text }) => !text.includes('货柜没有销售'))).toBe(true)
  expect(world.mail.mails.length).toBe(heard('dingtalk').length)

  const night = ['wecom', 'webhook']
    .flatMap(heard)
    .filter(({ at: time }) => clock(time) < '08:00' || clock(time) >= '22:00')
  const alerts = night.filter((message) => !/日报|"digest"/.test(textOf(message)))
  expect(alerts.length).toBe(4)
  for (const message of alerts) expect(textOf(message)).toMatch(/磁盘快满了/)

  const types = heard('webhook').map(({ body }) => body.type)
  expect(types.filter((type) => type === 'attention.opened').length).toBe(
    types.filter((type) => type === 'attention.resolved').length,
  )
  for (const robot of ['wecom', 'feishu']) expect(heard(robot).filter(({ text }) => /日报/.test(text))).toHaveLength(7)

  const digests = heard('webhook').filter(({ body }) => body.type === 'digest')
  expect(digests.map(({ at: time }) => clock(time))).toEqual(Array.from({ length: 7 }, () => '07:00'))
  for (const { at: time, body } of digests) {
    const data = body.data as {
      date: string
      sales: { value: number }
      orders: { value: number }
      margin: { value: number }
    }
    const noon = at(`${data.date} 23:59`)
    expect(noon).toBeLessThan(time)
    const [today] = (await summarize(setOfBookId, 1, noon, ZONE)).periods
    expect(data).toMatchObject({
      orders: { value: today!.all.orders },
      sales: { value: today!.sales.amount },
      refunds: { value: today!.refunds.amount },
      margin: { value: today!.margin },
    })
  }
  expect((await storage.db.select().from(setOfBooks)).length).toBe(1)
}, 120_000)
