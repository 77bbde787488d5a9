/** The views of the order list that are always there, each as the part of the address behind `/orders?`. */
export const BUILT_IN_VIEWS = {
  all: '',
  importable: 'import_state=idle&status=100&unconfigured=0',
  failed: 'import_state=failed',
  refund_unhandled: 'refund_handled=0',
  refund_overdue: 'refund_overdue=1',
  unconfigured: 'unconfigured=1',
} as const
export type BuiltInView = keyof typeof BUILT_IN_VIEWS

/** The parts of a view in one order, so that views of the same orders are the same text. */
export function writeView(parts: Record<string, string | undefined>): string {
  const given = Object.entries(parts).filter((part): part is [string, string] => Boolean(part[1]))
  return new URLSearchParams(given.sort(([a], [b]) => (a < b ? -1 : 1))).toString()
}

/** What `writeView` has written. */
export function readView(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query))
}
