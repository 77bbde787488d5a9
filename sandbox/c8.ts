import { confirm, createRetail, executeWorkflow, findRetail, getRetail } from './c8-retails.ts'
import type { Step } from './fault-model.ts'
import type { Reply } from './faults.ts'
import { matches } from './filter.ts'
import { listNames, type C8Token, type ListName } from './c8-model.ts'
import type { SandboxState } from './state.ts'

export interface C8Call {
  method: string
  path: string
  query: URLSearchParams
  token: string
  body: unknown
}

export function c8Step({ method, path, query }: Pick<C8Call, 'method' | 'path' | 'query'>): Step {
  if (method === 'POST') return path === '/api/retails' ? 'c8.retail_create' : 'unknown'
  if (method !== 'GET') return 'unknown'
  if (path === '/api/security_keys') return 'c8.security_keys'
  if (/^\/api\/set_of_books\/[^/]+$/.test(path)) return 'c8.set_of_books'
  if (path === '/api/products') return 'c8.products'
  if (path === '/api/retails') return 'c8.retail_lookup'
  if (path === '/api/workflow_current_actions') return 'c8.workflow'
  if (/^\/api\/retails\/[^/]+$/.test(path)) return query.get('action') === 'confirm' ? 'c8.confirm' : 'c8.retail_get'
  return listNames.some((name) => path === `/api/${name}`) ? 'c8.lists' : 'unknown'
}

export function answerC8(state: SandboxState, step: Step, call: C8Call): Reply {
  const token = state.tokens.get(call.token)
  if (token === undefined) return { status: 401, body: { state: 0, errmsg: '登录已失效，请重新登录' } }
  const { path, query, body } = call
  const lastPart = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
  switch (step) {
    case 'c8.security_keys':
      return found(state, securityKey(state, token, query))
    case 'c8.set_of_books':
      return found(state, setOfBook(state, token, lastPart))
    case 'c8.lists':
      return list(state, token, lastPart as ListName, query)
    case 'c8.products':
      return products(state, token, query)
    case 'c8.retail_lookup':
      return findRetail(state, token, query)
    case 'c8.retail_get':
      return found(state, getRetail(state, token, lastPart))
    case 'c8.retail_create':
      return createRetail(state, token, body)
    case 'c8.confirm':
      return confirm(state, token, lastPart, query)
    case 'c8.workflow':
      return executeWorkflow(state, token, query)
    default:
      return { status: 404, body: { state: 0, errmsg: '接口不存在' } }
  }
}

function securityKey(state: SandboxState, token: C8Token, query: URLSearchParams) {
  const known = query.get('action') === 'has_security_key' && query.get('security_key') === state.settings.security_key
  if (!known || token.access_level === null) return null
  const { access_level, user_name } = token
  return user_name === undefined ? { access_level } : { access_level, user_name }
}

function setOfBook(state: SandboxState, token: C8Token, name: string) {
  const row = token.set_of_books.includes(name) ? state.setOfBooks.get(name) : undefined
  return row ? { set_of_book: row.set_of_book, tax_rate: row.tax_rate, vat_tax_rate: row.vat_tax_rate } : null
}

function list(state: SandboxState, token: C8Token, name: ListName, query: URLSearchParams): Reply {
  const wanted = (query.get('name__icontains') ?? '').toLowerCase()
  const rows = state.lists[name].filter((row) => sees(token, row) && row.name.toLowerCase().includes(wanted))
  const start = Number(query.get('start') ?? 0)
  const limit = Number(query.get('limit') ?? 20)
  return listReply(rows.slice(start, start + limit), rows.length)
}

function products(state: SandboxState, token: C8Token, query: URLSearchParams): Reply {
  const rows = state.products.filter(
    (row) =>
      sees(token, row) &&
      (!query.has('barcode') || matches(state.settings.product_filter, row.barcode, query.get('barcode'))),
  )
  const wanted = (query.get('name__icontains') ?? '').toLowerCase()
  const named = rows.filter(({ name }) => name.toLowerCase().includes(wanted))
  const start = Number(query.get('start') ?? 0)
  const limit = query.has('limit') ? Number(query.get('limit')) : named.length
  return listReply(named.slice(start, start + limit), named.length)
}

function sees(token: C8Token, { set_of_book }: { set_of_book?: string }): boolean {
  return set_of_book === undefined || token.set_of_books.includes(set_of_book)
}

function listReply(root: unknown[], total: number): Reply {
  return { status: 200, body: { state: 1, total, root } }
}

function found(state: SandboxState, body: unknown): Reply {
  return { status: 200, body: body === null && state.settings.empty_for_null ? undefined : body }
}
