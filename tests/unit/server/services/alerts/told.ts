import { expect } from 'vitest'
import type { DigestFigures } from '#shared/alert-message'
import type { AttentionItem } from '#shared/attention'
import { HOUR, MINUTE, type AlertWorld } from './setup.ts'

/** What people were told by one message, in whatever way. */
export interface ToldMessage {
  channel: string
  at: number
  kind: 'opened' | 'resolved' | 'digest'
  titles: string[]
  text: string
  digest?: DigestFigures
}

const KINDS = { 待办: 'opened', 已恢复: 'resolved', 日报: 'digest' } as const
const TYPES = { 'attention.opened': 'opened', 'attention.resolved': 'resolved', digest: 'digest' } as const
const OPENED = /^ *(?:\*\*)?(?:紧急|提醒)：(.+?)(?:\*\*)?(?:（[^（]*）)? *$/gm
const RESOLVED = /^ *已恢复：(.+?)（[^（]*） *$/gm

/** A message of words, read as people read it. */
function readWords(channel: string, at: number, text: string): ToldMessage {
  const name = /^(?:#+ )?goBox (待办|已恢复|日报)/.exec(text)?.[1] as keyof typeof KINDS | undefined
  expect(name, text).toBeDefined()
  const titles = [...text.matchAll(name === '已恢复' ? RESOLVED : OPENED)].map(([, title]) => title!)
  return { channel, at, kind: KINDS[name!], titles, text }
}

/** Everything that was told, each channel's in its order. */
export function listTold({ robots, mail }: AlertWorld): ToldMessage[] {
  const byRobots = robots.messages.map(({ robot, at, text, body }): ToldMessage => {
    if (robot !== 'webhook') return readWords(robot, at, text)
    const data = body.data as { items: AttentionItem[] } & DigestFigures
    const kind = TYPES[body.type as keyof typeof TYPES]
    return { channel: robot, at, kind, titles: data.items.map(({ title }) => title), text: '', digest: data }
  })
  return [...byRobots, ...mail.mails.map(({ to, at, text }) => readWords(to.join(), at, text))]
}

/** From what happens, or ends, until a channel is told: two minutes, in steps of ten, off the full and half hours. */
const SOON = 45 * MINUTE

/** Holds that a channel was told each of these events once, and soon. */
export function expectOnce(
  told: ToldMessage[],
  channel: string,
  kind: ToldMessage['kind'],
  due: { title: string; at: number }[],
) {
  const list = told
    .filter((message) => message.channel === channel && message.kind === kind)
    .flatMap(({ titles, at: time }) => titles.map((title) => ({ title, at: time })))
  const titles = (events: { title: string }[]) => events.map(({ title }) => title).sort()
  expect(titles(list), `${channel} ${kind}`).toEqual(titles(due))
  for (const event of due) {
    const late = list.filter(({ title }) => title === event.title).map(({ at: time }) => time - event.at)
    expect(
      late.some((one) => one >= 0 && one < SOON),
      `${channel} ${kind} ${event.title}: ${late.join()}`,
    ).toBe(true)
  }
}

/** Whether it is between 22 and 8 o'clock in the shop. */
export const isNight = (time: number) => {
  const clock = new Date(time + 8 * HOUR).toISOString().slice(11, 16)
  return clock < '08:00' || clock >= '22:00'
}

/** Holds that the words of a digest have these figures. */
export function expectWords(text: string, figures: DigestFigures) {
  const yuan = (value: number) => `¥${value.toLocaleString('en-US', { minimumFractionDigits: 2 })}`
  const { orders: count, sales, refunds, margin, imported, open_items: open, closed } = figures
  for (const words of [
    `日报 ${figures.date}`,
    `订单 ${count.value} 单（上周同日 ${count.before} 单）`,
    `销售额 ${yuan(sales.value)}（上周同日 ${yuan(sales.before)}）`,
    `退款 ${yuan(refunds.value)}（上周同日 ${yuan(refunds.before)}）`,
    `毛利 ${yuan(margin.value)}（上周同日 ${yuan(margin.before)}）`,
    `已导入 ${imported.value} 单（上周同日 ${imported.before} 单）`,
    open > 0 ? `待办 ${open} 项` : '一切正常',
    closed ? '昨天已日结' : '昨天还没有日结',
    ...figures.cabinets_without_sale.map(({ name }) => `没有销售的货柜 1 个：${name}`),
  ])
    expect(text).toContain(words)
}
