import type { Reply } from './faults.ts'
import { matches } from './filter.ts'
import type { C8Token } from './c8-model.ts'
import type { RetailDocument, RetailInput, RetailLine, SandboxState } from './state.ts'

const confirmed = 2
const audited = 4
const sentBack = 5
const done = 6
const onItsWay = 7

// Not in TypeScript's library yet.
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown }

/** Like the real one it makes a second document when asked twice: being asked once is the client's duty. */
export function createRetail(state: SandboxState, token: C8Token, body: unknown): Reply {
  const set_of_book = token.set_of_books[0]
  if (set_of_book === undefined) return refuse('没有可用的账套')
  const problem = problemWith(state, set_of_book, body)
  if (problem !== undefined) return refuse(problem)
  const id = ++state.lastDocumentId
  const now = new Date()
  const code = `LS${now.toISOString().slice(0, 10).replaceAll('-', '')}${String(id).padStart(4, '0')}`
  const input = body as RetailInput
  state.documents.set(id, { ...input, id, code, status: 0, set_of_book, executions: 0, created_at: now.getTime() })
  return { status: 200, body: { id: shownId(state, id), code } }
}

export function findRetail(state: SandboxState, token: C8Token, query: URLSearchParams): Reply {
  const source = query.get('source')
  const sourceId = query.get('source_id')
  if (!source || !sourceId) return { status: 400, body: { state: 0, errmsg: '缺少 source 或 source_id' } }
  const root = [...state.documents.values()]
    .filter(
      (row) =>
        token.set_of_books.includes(row.set_of_book) &&
        matches(state.settings.retail_filter, row.source_id, sourceId) &&
        matches(state.settings.retail_filter, row.source, source),
    )
    .map((document) => summary(state, document))
  return { status: 200, body: { state: 1, total: root.length, root } }
}

export function getRetail(state: SandboxState, token: C8Token, id: string | null) {
  const document = documentOf(state, token, id)
  return document ? summary(state, document) : null
}

export function confirm(state: SandboxState, token: C8Token, id: string, query: URLSearchParams): Reply {
  const document = documentOf(state, token, id)
  if (document === undefined) return refuse('零售单不存在')
  if (query.get('action_type') !== '1') return refuse('action_type 错误')
  if (document.status === 0) document.status = confirmed
  return { status: 200, body: { state: 1, ...summary(state, document) } }
}

export function executeWorkflow(state: SandboxState, token: C8Token, query: URLSearchParams): Reply {
  const document = documentOf(state, token, query.get('form_id'))
  if (document === undefined) return refuse('零售单不存在')
  if (query.get('action') !== 'execute_workflow' || query.get('form_name') !== 'retail') return refuse('流程参数错误')
  if (query.get('result') !== '{"memo":"","cancel":false}') return refuse('result 错误')
  if (document.status === 0) return refuse('单据未确认，没有可执行的流程')
  if (document.status !== done && document.status !== sentBack) {
    const { workflow_executions: executions, workflow_result: result } = state.settings
    document.executions += 1
    document.status = document.executions >= executions ? result : document.executions === 1 ? audited : onItsWay
  }
  return { status: 200, body: { status: document.status } }
}

function problemWith(state: SandboxState, setOfBook: string, body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return '请求体不是 JSON 对象'
  const input = body as RetailInput
  if (input.source !== 'gobox') return 'source 错误'
  if (typeof input.source_id !== 'string' || input.source_id === '') return 'source_id 须为文本'
  const references = [
    ['store_id', 'stores'],
    ['bank_id', 'banks'],
    ['member_id', 'members'],
    ['employee_id', 'employees'],
  ] as const
  for (const [field, list] of references) {
    if (!state.lists[list].some((row) => row.id === input[field])) return `${field} 不存在`
  }
  if (![0, 1, 2].includes(input.bill_type)) return 'bill_type 错误'
  if (!Number.isFinite(input.total_amount) || input.bank_amount !== input.total_amount) return '收款金额与总金额不符'
  if (!Array.isArray(input.retail_lines) || input.retail_lines.length === 0) return '没有商品明细'
  const book = state.setOfBooks.get(setOfBook)
  const taxRate = [0, book?.tax_rate, book?.vat_tax_rate][input.bill_type]
  for (const [index, line] of input.retail_lines.entries()) {
    const problem = lineProblem(state, line, taxRate)
    if (problem !== undefined) return `第 ${index + 1} 行${problem}`
  }
  if (!addsUp(input)) return '明细金额与总金额不符'
}

function lineProblem(state: SandboxState, line: RetailLine, taxRate: number | undefined): string | undefined {
  if (!state.products.some(({ id }) => id === line.product_id)) return '商品不存在'
  if (typeof line.quantity !== 'number' || !(line.quantity > 0)) return '数量错误'
  if (typeof line.tax_price !== 'number' || Number(line.tax_price.toFixed(6)) !== line.tax_price) return '含税单价错误'
  if (line.tax_rate !== taxRate) return '税率错误'
}

/** Each line is rounded half up to a fen, as the real one does it: with decimals, not with floats. */
function addsUp({ retail_lines, total_amount }: RetailInput): boolean {
  const fen = retail_lines.map(({ quantity, tax_price }) => fenOf(quantity, tax_price))
  return fen.reduce((sum, line) => sum + line, 0n) === fenOf(1, total_amount)
}

/** The decimal that JSON shows for a number: all its digits as an integer, and how many of them are decimals. */
function decimalOf(value: number): { digits: bigint; decimals: number } {
  const [mantissa = '', exponent = '0'] = String(value).split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const decimals = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  return decimals < 0 ? { digits: digits * 10n ** BigInt(-decimals), decimals: 0 } : { digits, decimals }
}

function fenOf(quantity: number, price: number): bigint {
  const [left, right] = [decimalOf(quantity), decimalOf(price)]
  const product = left.digits * right.digits * 100n
  const unit = 10n ** BigInt(left.decimals + right.decimals)
  return product < 0n ? -((unit - 2n * product) / (2n * unit)) : (unit + 2n * product) / (2n * unit)
}

function documentOf(state: SandboxState, token: C8Token, id: string | null): RetailDocument | undefined {
  const known = /^\d+$/.test(id ?? '') ? BigInt(id!) - BigInt(state.settings.documents_after) : undefined
  const document = state.documents.get(Number(known))
  return document && token.set_of_books.includes(document.set_of_book) ? document : undefined
}

function summary(state: SandboxState, document: RetailDocument) {
  const { id, code, status } = document
  const told = Object.fromEntries(state.settings.retail_fields.map((field) => [field, document[field]]))
  return { id: shownId(state, id), code, status, ...told }
}

/** What C8's answers call the document; the digits of a long one go into JSON as they are. */
function shownId({ settings }: SandboxState, id: number): unknown {
  const shown = BigInt(settings.documents_after) + BigInt(id)
  return shown > Number.MAX_SAFE_INTEGER ? rawJSON(String(shown)) : Number(shown)
}

function refuse(errmsg: string): Reply {
  return { status: 200, body: { state: 0, errmsg } }
}
