import type { AlertMessage, Compared, DigestFigures } from '#shared/alert-message'
import type { AlertType } from '#shared/alerts'
import type { AttentionItem } from '#shared/attention'

/** The subject and sender of a message. */
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
  /** The separator of two lines that belong together. */
  line: string
}

/** 企业微信 takes each line as one. */
export const WECOM: Style = {
  bold: (text) => `**${text}**`,
  heading: (text) => `### ${text}`,
  quote: (text) => `> ${text}`,
  line: '\n',
}

/** 钉钉 makes one line of several, unless spaces stand on both sides of the break. */
export const DINGTALK: Style = { ...WECOM, line: '  \n  ' }

export const PLAIN: Style = { bold: (text) => text, heading: (text) => text, quote: (text) => text, line: '\n' }

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

/** The title of a message. */
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

/** Characters of a time up to its minutes. */
const MINUTES = 'yyyy-MM-dd HH:mm'.length

function itemText(type: AlertType, item: AttentionItem, { bold, quote }: Style): string {
  if (type === 'attention.resolved') return `已恢复：${plain(item.title)}（${item.since.slice(0, MINUTES)} 开始）`
  const grave = item.severity === 'critical' ? '紧急' : '提醒'
  const head = `${bold(`${grave}：${plain(item.title)}`)}${numbersOf(item)}`
  return item.detail ? `${head}\n${quote(plain(item.detail))}` : head
}

function comparedText(name: string, { value, before }: Compared, format: (value: number) => string): string {
  return `${name} ${format(value)}（上周同日 ${format(before)}）`
}

const MAX_NAMES = 10

function digestLines(digest: DigestFigures): string[] {
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
  ]
}

const GAP = '\n\n'

/** Parts that are shown while there is room, each with its separator. */
function blocksOf({ type, message }: Told, style: Style): string[] {
  if (type === 'test') return [`${GAP}这是一条测试通知，收到说明设置正确`]
  // The ends of things are a line each.
  const before = type === 'attention.resolved' ? style.line : GAP
  const items = message.items.map((item, index) => `${index === 0 ? GAP : before}${itemText(type, item, style)}`)
  if (!message.digest) return items
  const lines = digestLines(message.digest).map((line, index) => `${index === 0 ? GAP : style.line}${line}`)
  const { open_items: open } = message.digest
  return [...lines, GAP + style.bold(open === 0 ? '一切正常' : `待办 ${count.format(open)} 项`), ...items]
}

/** As JSON has it: a line break or a quotation mark takes two there, and some robots count so. */
const bytesOf = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2

/** The message within a limit of bytes; items that do not fit are counted. */
function fit(told: Told, style: Style, maxBytes: number): string {
  const blocks = blocksOf(told, style)
  const rest = (shown: number) => {
    const left = blocks.length - shown + (told.message.more ?? 0)
    return left > 0 ? `${GAP}另有 ${count.format(left)} 项，请打开 goBox 的待办查看` : ''
  }
  let text = style.heading(subjectOf(told))
  const room = maxBytes - bytesOf(rest(-blocks.length))
  let shown = 0
  for (const block of blocks) {
    if (bytesOf(text) + bytesOf(block) > room) break
    text += block
    shown++
  }
  return text + rest(shown)
}

/** The message as text of at most so many bytes, which holds the keyword, if only at its end. */
export function textOf(told: Told, style: Style, maxBytes: number): string {
  const { keyword } = told
  const text = fit(told, style, maxBytes)
  if (keyword === null || text.includes(keyword)) return text
  const end = GAP + keyword
  return fit(told, style, maxBytes - bytesOf(end)) + end
}
