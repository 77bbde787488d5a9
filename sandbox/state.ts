import { defaultCatalog } from './catalog.ts'
import type { C8Token, ListItem, ListName, Product, SetOfBook } from './c8-model.ts'
import type { Call, Fault, Latency, Step } from './fault-model.ts'

export interface OrderLine {
  barcode: string
  name: string
  num: number
  amount: number
  cost?: number
}

/** An order as the cabinet made it; times are `YYYY-MM-DD HH:mm:ss` in the shop's zone. */
export interface Order {
  trans_id: string
  status: number
  e_id: string
  dev_id: number
  create_time: string
  update_time: string
  products: OrderLine[]
}

/** One entry of goBox's flat `trade_list`: an order with one of its lines. */
export type TradeEntry = Omit<Order, 'products'> & Partial<OrderLine>

export interface RetailLine {
  product_id: number
  quantity: number
  tax_price: number
  tax_rate: number
}

/** The body of C8's `POST /api/retails`. */
export interface RetailInput {
  source: string
  source_id: string
  store_id: number
  bank_id: number
  member_id: number
  employee_id: number
  bill_type: number
  total_amount: number
  bank_amount: number
  retail_lines: RetailLine[]
}

export interface RetailDocument extends RetailInput {
  id: number
  code: string
  /** 0 draft, 2 confirmed, 4 audited, 5 sent back by the auditor, 6 done, 7 on its way. */
  status: number
  set_of_book: string
  executions: number
  created_at: number
}

/** `ignore`: whatever is asked for, everything is answered. */
export type Filter = 'exact' | 'ignore_case' | 'ignore'

export interface Settings {
  /** Orders (not entries) on a page of goBox's answer. */
  page_size: number
  /** Life of a goBox access token. */
  token_seconds: number
  /** Workflow executions until a document is done. */
  workflow_executions: number
  /** What the last of them brings: 6 done, 5 sent back by the auditor. */
  workflow_result: 5 | 6
  /** How C8 compares a document's `source_id` with the one that is asked for. */
  retail_filter: Filter
  /** What C8 tells of a document besides `id`, `code` and `status`. */
  retail_fields: ('source_id' | 'total_amount')[]
  /** How C8 compares a product's barcode with the one that is asked for. */
  product_filter: Filter
  security_key: string
  /** Send digits-only ids and barcodes of goBox as JSON numbers of any length. */
  numeric_ids: boolean
  /** C8 says "not there" with an empty body instead of `null`. */
  empty_for_null: boolean
  /** goBox names a next page for ever, and lists the last one again on each. */
  endless: boolean
  /** goBox names each page as its own next one. */
  circling: boolean
  /** goBox leaves `page` out on the last page instead of sending `null`. */
  omit_last_page: boolean
  /** C8 numbers its documents from here on, in JSON numbers of any length; an integer as text. */
  documents_after: string
}

const defaultSettings: Settings = {
  page_size: 50,
  token_seconds: 7200,
  workflow_executions: 2,
  workflow_result: 6,
  retail_filter: 'exact',
  retail_fields: [],
  product_filter: 'exact',
  security_key: 'gobox',
  numeric_ids: false,
  empty_for_null: false,
  endless: false,
  circling: false,
  omit_last_page: false,
  documents_after: '0',
}

export interface SandboxState {
  /** Grows with every reset, so that late work of an earlier life is dropped. */
  generation: number
  settings: Settings
  setOfBooks: Map<string, SetOfBook>
  tokens: Map<string, C8Token>
  products: Product[]
  lists: Record<ListName, ListItem[]>
  /** Account set → trans_id → entries. */
  trades: Map<string, Map<string, TradeEntry[]>>
  /** goBox access token → its account set and end (milliseconds). */
  accessTokens: Map<string, { set_of_book: string; expires_at: number }>
  documents: Map<number, RetailDocument>
  lastDocumentId: number
  calls: Call[]
  counts: Partial<Record<Step, number>>
  faults: Fault[]
  latency: Latency
}

/** `bare` leaves the account sets, tokens and lists of the catalog out. */
export function createState(settings: Partial<Settings> = {}, bare = false): SandboxState {
  const catalog = defaultCatalog()
  return {
    generation: 0,
    settings: { ...defaultSettings, ...settings },
    setOfBooks: new Map(bare ? [] : catalog.setOfBooks.map((row) => [row.set_of_book, row])),
    tokens: new Map(bare ? [] : catalog.tokens.map((row) => [row.token, row])),
    products: bare ? [] : catalog.products,
    lists: bare ? { stores: [], banks: [], employees: [], members: [] } : catalog.lists,
    trades: new Map(),
    accessTokens: new Map(),
    documents: new Map(),
    lastDocumentId: 0,
    calls: [],
    counts: {},
    faults: [],
    latency: {},
  }
}

export function addOrders(state: SandboxState, setOfBook: string, orders: Order[]): void {
  const trades = tradesOf(state, setOfBook)
  for (const { products, ...order } of orders) {
    trades.set(order.trans_id, products.length === 0 ? [order] : products.map((line) => ({ ...order, ...line })))
  }
}

/** Adds single entries as they are, also such that disagree with each other. */
export function addTradeEntries(state: SandboxState, setOfBook: string, entries: TradeEntry[]): void {
  const trades = tradesOf(state, setOfBook)
  for (const entry of entries) {
    trades.set(entry.trans_id, [...(trades.get(entry.trans_id) ?? []), entry])
  }
}

function tradesOf(state: SandboxState, setOfBook: string) {
  if (!state.setOfBooks.has(setOfBook)) throw new Error(`unknown account set ${setOfBook}`)
  const trades = state.trades.get(setOfBook) ?? new Map<string, TradeEntry[]>()
  state.trades.set(setOfBook, trades)
  return trades
}
