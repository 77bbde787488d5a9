import type { OrderPage } from '#shared/orders'

/** A page that is shown, and what the server says of it now. */
export interface OrderNews {
  /** The same rows as before, in their present state. */
  page: OrderPage
  /** Orders that have come since and are not shown. */
  count: number
}

/** Takes over what changed without moving a row: orders that have come above or elsewhere are only counted. */
export function takeNews(shown: OrderPage, now: OrderPage): OrderNews {
  const known = new Set(shown.root.map(({ id }) => id))
  const last = now.root.findLastIndex(({ id }) => known.has(id))
  const above = now.root.slice(0, Math.max(last, 0)).filter(({ id }) => !known.has(id))
  const count = shown.root.length === 0 ? 0 : Math.max(above.length, now.total - shown.total)
  if (count === 0) return { page: now, count }
  const rows = new Map(now.root.map((row) => [row.id, row]))
  return { page: { ...shown, root: shown.root.map((row) => rows.get(row.id) ?? row) }, count }
}
