import type { AlertMessage, Compared, DigestFigures } from '#shared/alert-message'
import type { AlertType } from '#shared/alerts'
import type { AttentionItem } from '#shared/attention'

/** What a message is about and whom it is from. */
export interface Told {
  type: AlertType
  message: AlertMessage
  setOfBook: string
  keyword: string | null
}

/** How a channel writes: markdown, or plain text. */
export interface Style {
  bold: (text: string) => string
  heading: (text: string) => string
  quote: (text: string) => string
}

export const MARKDOWN: Style = {
  bold: (text) => `**${text}**`,
  heading: (text) => `### ${text}`,
  quote: (text) => `> ${text}`,
}

export const PLAIN: Style = { bold: (text) => text, heading: (text) => text, quote: (text) => `  ${text}` }

const SUBJECTS: Record<AlertType, string> = {
  'attention.opened': '待办',
  'attention.resolved': '已恢复',
  digest: '日报',
  test: '测试通知',
}

const FULL_WIDTH: Record<string, string> = {
  '<': '＜',
  '>': '＞',
  '[': '［',
  ']': '］',
  '*': '＊',
  '`': '｀',
  '@': '＠',
}

/** A reason may name all lines of an order. */
const MAX_WORDS = 300

/** Others' words as words: short, neither markup nor a mention of anybody. */
function plain(text: string): string {
  const short = text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS).toWellFormed()}…` : text
  return short.replace(/[<>[\]*`@]/g, (sign) => FULL_WIDTH[sign]!).replace(/\s+/g, ' ')
}

const yuan = new Intl.NumberFormat('zh-CN', { style: 'currency', currency: 'CNY', currencyDisplay: 'narrowSymbol' })
const count = new Intl.NumberFormat('en-US')

/** What a message is called. */
export function subjectOf({ type, message, setOfBook }: Told): string {
  const [first] = message.items
  const number = message.items.length + (message.more ?? 0)
  const about =
    type === 'digest'
      ? ` ${message.digest!.date}`
      : type === 'test' || !first
        ? ''
        : `：${plain(first.title)}${number > 1 ? ` 等 ${count.format(number)} 项` : ''}`
  return `goBox ${SUBJECTS[type]}${about}（${plain(setOfBook)}）`
}

function numbersOf({ count: orders, amount }: AttentionItem): string {
  const unit = amount === null ? '条' : '单'
  const parts = [orders === null ? '' : `${count.format(orders)} ${unit}`, amount === null ? '' : yuan.format(amount)]
  const text = parts.filter(Boolean).join('，')
  return text && `（${text}）`
}

function itemText(type: AlertType, item: AttentionItem, { bold, quote }: Style): string {
  if (type === 'attention.resolved') return `已恢复：${plain(item.title)}（自 ${item.since}）`
  const grave = item.severity === 'critical' ? '紧急' : '提醒'
  const head = `${bold(`${grave}：${plain(item.title)}`)}${numbersOf(item)}`
  return item.detail ? `${head}\n${quote(plain(item.detail))}` : head
}

function comparedText(name: string, { value, before }: Compared, format: (value: number) => string): string {
  return `${name} ${format(value)}（上周同日 ${format(before)}）`
}

const MAX_NAMES = 10

function digestLines(digest: DigestFigures, { bold }: Style): string[] {
  const number = (value: number) => `${count.format(value)} 单`
  const money = (value: number) => yuan.format(value)
  const silent = digest.cabinets_without_sale
  const names = silent.slice(0, MAX_NAMES).map(({ name }) => plain(name))
  return [
    comparedText('订单', digest.orders, number),
    comparedText('销售额', digest.sales, money),
    comparedText('退款', digest.refunds, money),
    comparedText('毛利', digest.margin, money),
    comparedText('已导入', digest.imported, number),
    silent.length === 0
      ? '每个货柜都有销售'
      : `没有销售的货柜 ${silent.length} 个：${names.join('、')}${silent.length > MAX_NAMES ? ' 等' : ''}`,
    digest.closed ? '昨天已日结' : '昨天还没有日结',
    digest.open_items === 0 ? bold('一切正常') : bold(`待办 ${digest.open_items} 项`),
  ]
}

function blocksOf({ type, message }: Told, style: Style): string[] {
  const items = message.items.map((item) => itemText(type, item, style))
  if (type === 'test') return ['这是一条测试通知，收到说明设置正确']
  return message.digest ? [...digestLines(message.digest, style), ...items] : items
}

/** As JSON has it: a line break or a quotation mark takes two there, and some robots count so. */
const bytesOf = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2

/** The message as text of at most so many bytes; what has no room is counted. */
export function textOf(told: Told, style: Style, maxBytes: number): string {
  const { message, keyword } = told
  const end = keyword === null ? '' : `\n\n${keyword}`
  const blocks = blocksOf(told, style)
  const rest = (shown: number) => {
    const left = blocks.length - shown + (message.more ?? 0)
    return left > 0 ? `\n\n另有 ${count.format(left)} 项，请打开 goBox 的待办查看` : ''
  }
  let text = style.heading(subjectOf(told))
  const room = maxBytes - bytesOf(end) - bytesOf(rest(-blocks.length))
  let shown = 0
  for (const block of blocks) {
    if (bytesOf(text) + bytesOf(`\n\n${block}`) > room) break
    text += `\n\n${block}`
    shown++
  }
  return text + rest(shown) + end
}
