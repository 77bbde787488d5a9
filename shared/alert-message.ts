import type { AttentionItem } from './attention.ts'

/** An amount beside that of the same weekday a week before. */
export interface Compared {
  value: number
  before: number
}

/** Yesterday in figures; amounts in yuan. */
export interface DigestFigures {
  date: string
  orders: Compared
  sales: Compared
  sales_orders: Compared
  refunds: Compared
  refund_orders: Compared
  margin: Compared
  imported: Compared
  open_items: number
  /** Whether yesterday is closed (日结). */
  closed: boolean
  cabinets_without_sale: { dev_id: number; name: string }[]
}

/** What a delivery tells: as a webhook gets it, and as text is made of it for the others. */
export interface AlertMessage {
  /** The items that the text can hold; `more` counts the others. */
  items: AttentionItem[]
  more?: number
  digest?: DigestFigures
}
