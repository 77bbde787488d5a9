import type { orders } from '#drizzle/schema/orders'
import { isImported, type ImportState } from '#shared/import-state'
import type { OrderFilter } from '#shared/orders'

type Row = typeof orders.$inferSelect

/** Filters of trade_view, alone and together. */
export const filters: Record<string, unknown>[] = [
  {},
  { start_date: '2026-10-05', end_date: '2026-10-05' },
  { start_date: '2026-10-05 08:00:00', end_date: '2026-10-05 20:59:59' },
  { start_date: '2026-10-05 20:00:00', end_date: '2026-10-06 03:00:00' },
  { start_date: '2026-10-03 12:00:00', end_date: '2026-10-09 11:00:00' },
  { start_date: '2026-10-19 12:00:00' },
  { end_date: '2026-10-02 12:00:00' },
  { start_date: '2025-01-01', end_date: '2027-01-01' },
  { start_date: '2027-01-01' },
  { end_date: '2020-01-01' },
  { dev_id: 2 },
  { dev_id: 999 },
  { status: 103 },
  { status: 105 },
  { is_imported: 1 },
  { is_imported: 0 },
  { import_state: 'failed' },
  { import_state: 'failed', import_error: 'C8 拒绝' },
  { dev_id: 1, status: 100 },
  { status: 100, is_imported: 1, start_date: '2026-10-01', end_date: '2026-10-31' },
  { trans_id: 'T267A' },
  { trans_id: 'T267A', status: 109 },
  { trans_id: 'nobody' },
  { device_name: '大堂' },
  { device_name: 'B' },
  { device_name: '%_' },
  { device_name: '大堂', dev_id: 1, start_date: '2026-10-05 08:00:00' },
  { unconfigured: 1 },
  { unconfigured: 0, status: 100 },
  { refund: 1 },
  { refund: 0, dev_id: 1, start_date: '2026-10-03 12:00:00' },
  { refund: 1, start_date: '2026-10-05', end_date: '2026-10-05' },
  { refunded_after_import: 1 },
  { refunded_after_import: 0 },
  { refund_handled: 0 },
  { refund_handled: 0, dev_id: 1, q: '5550' },
  { refund_overdue: 1, sort: '-create_time' },
  { refund_overdue: 0, dev_id: 2 },
  { import_stuck: 1 },
  { import_stuck: 0, dev_id: 2 },
  { import_stuck: 1, status: 100, q: '1' },
  { import_state: 'sending,created' },
  { awaits_c8: 1 },
  { awaits_c8: 1, import_state: 'sending,created', dev_id: 1 },
  { awaits_c8: 0, dev_id: 2 },
  { import_state: 'failed', import_error_rest: 1 },
  { import_error_rest: 0, dev_id: 2 },
  { q: '261' },
  { q: 'ls26110' },
  { q: 'kunde_9' },
  { q: '%' },
  { q: '5550', dev_id: 1, start_date: '2026-10-03 12:00:00', end_date: '2026-10-09 11:00:00' },
  { barcode: '6901' },
  { barcode: 'x"y\\', status: 100 },
]

const has = (text: string | null, part: string) => text !== null && text.toLowerCase().includes(part.toLowerCase())

/** trade_view's filter as docs/api.md tells it, on the rows in memory. */
export function matches(row: Row, filter: OrderFilter, names: Map<number, string>): boolean {
  const refunded = isImported(row.importState) && [102, 103, 104, 110].includes(row.status)
  const conditions: Record<keyof OrderFilter, (wanted: never) => boolean> = {
    dev_id: (wanted) => row.devId === wanted,
    start_date: (wanted) => row.createTime >= wanted,
    end_date: (wanted) => row.createTime <= wanted,
    status: (wanted) => row.status === wanted,
    is_imported: (wanted) => isImported(row.importState) === wanted,
    trans_id: (wanted) => row.transId === wanted,
    import_state: (wanted) => (wanted as ImportState[]).includes(row.importState),
    awaits_c8: (wanted) => (row.createUnansweredAt !== null) === wanted,
    q: (wanted) => has(row.transId, wanted) || has(row.eId, wanted) || has(row.retailCode, wanted),
    device_name: (wanted) => has(names.get(row.devId) ?? null, wanted),
    unconfigured: (wanted) => !names.has(row.devId) === wanted,
    refund: (wanted) => [102, 103, 104, 110].includes(row.status) === wanted,
    refunded_after_import: (wanted) => refunded === wanted,
    refund_handled: (wanted) => (row.refundHandledAt !== null) === wanted && (wanted || refunded),
    refund_overdue: (wanted) =>
      ([102, 104, 110].includes(row.status) && row.updateTime < Date.now() - 86_400_000 && !row.refundHandledAt) ===
      wanted,
    barcode: (wanted) => row.products.some((product) => product.barcode === wanted),
    import_error: (wanted) => row.importError === wanted,
    import_stuck: (wanted) =>
      (row.importDueAt !== null && row.importDueAt < Date.now() - 1_800_000 && !row.importLease) === wanted,
    // There are fewer reasons than are told apart.
    import_error_rest: (wanted) => !wanted,
  }
  return Object.entries(filter).every(
    ([key, wanted]) => wanted === undefined || conditions[key as keyof OrderFilter](wanted as never),
  )
}
