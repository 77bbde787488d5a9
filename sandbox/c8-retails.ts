import type { Reply } from './faults.ts'
import type { C8Token, RetailDocument, RetailInput, RetailLine, SandboxState } from './state.ts'

const done = 6

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
  return { status: 200, body: { id, code } }
}

export function findRetail(state: SandboxState, token: C8Token, query: URLSearchParams): Reply {
  const source = query.get('source')
  const sourceId = query.get('source_id')
  if (!source || !sourceId) return { status: 400, body: { state: 0, errmsg: '缺少 source 或 source_id' } }
  const root = [...state.documents.values()]
    .filter(
      (row) => row.source === source && row.source_id === sourceId && token.set_of_books.includes(row.set_of_book),
    )
    .map(summary)
  return { status: 200, body: { state: 1, total: root.length, root } }
}

export function getRetail(state: SandboxState, token: C8Token, id: string | null) {
  const document = documentOf(state, token, id)
  return document ? summary(document) : null
}

export function confirm(state: SandboxState, token: C8Token, id: string, query: URLSearchParams): Reply {
  const document = documentOf(state, token, id)
  if (document === undefined) return refuse('零售单不存在')
  if (query.get('action_type') !== '1') return refuse('action_type 错误')
  document.status = Math.max(document.status, 1)
  return { status: 200, body: { state: 1, ...summary(document) } }
}

export function executeWorkflow(state: SandboxState, token: C8Token, query: URLSearchParams): Reply {
  const document = documentOf(state, token, query.get('form_id'))
  if (document === undefined) return refuse('零售单不存在')
  if (query.get('action') !== 'execute_workflow' || query.get('form_name') !== 'retail') return refuse('流程参数错误')
  if (query.get('result') !== '{"memo":"","cancel":false}') return refuse('result 错误')
  if (document.status === 0) return refuse('单据未确认，没有可执行的流程')
  if (document.status !== done) {
    document.executions += 1
    const finished = document.executions >= state.settings.workflow_executions
    document.status = finished ? done : Math.min(1 + document.executions, done - 1)
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

/** Prices are rounded to six decimals, so a line may be off by half of that for each piece. */
function addsUp({ retail_lines, total_amount }: RetailInput): boolean {
  const sum = retail_lines.reduce((total, line) => total + line.quantity * line.tax_price, 0)
  const pieces = retail_lines.reduce((total, line) => total + line.quantity, 0)
  return Math.abs(sum - total_amount) <= 0.000001 * (1 + pieces)
}

function documentOf(state: SandboxState, token: C8Token, id: string | null): RetailDocument | undefined {
  const document = state.documents.get(Number(id))
  return document && token.set_of_books.includes(document.set_of_book) ? document : undefined
}

function summary({ id, code, status }: RetailDocument) {
  return { id, code, status }
}

function refuse(errmsg: string): Reply {
  return { status: 200, body: { state: 0, errmsg } }
}
