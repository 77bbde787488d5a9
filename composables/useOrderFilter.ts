import type { LocationQuery } from 'vue-router'
import type { OrderSort } from '#shared/orders'

/** Those of refunds, of which one is chosen at a time. */
export const REFUND_KEYS = ['refund', 'refund_handled', 'refund_overdue', 'refunded_after_import'] as const

/** trade_view's filters, under its own names: the address bar's, the server's and the export's. */
export const FILTER_KEYS = [
  'q',
  'start_date',
  'end_date',
  'status',
  'import_state',
  'device_name',
  'dev_id',
  'trans_id',
  'is_imported',
  'awaits_c8',
  'unconfigured',
  ...REFUND_KEYS,
  'barcode',
  'import_stuck',
  'import_error',
  'import_error_rest',
] as const
export type FilterKey = (typeof FILTER_KEYS)[number]
export type OrderFilter = Partial<Record<FilterKey, string>>

export const PAGE_SIZES = [30, 50, 100, 1000]

// Not the contract's own list: its file would bring zod along.
export const ORDER_SORTS: OrderSort[] = ['-create_time', 'create_time', '-total_amount', 'total_amount']

const sameAs = <Value extends object>(before: Value | undefined, now: Value) =>
  before && JSON.stringify(before) === JSON.stringify(now) ? before : now

const textOf = (query: LocationQuery, key: string) => (typeof query[key] === 'string' ? query[key] : '')

/** The order list's filters, sorting and page; they live in the address, so that a link shows the same view again. */
export function useOrderFilter() {
  const route = useRoute()
  const router = useRouter()
  const last = useLastOrders()
  watch(
    () => route.query,
    (now) => (last.value = { ...now, download: undefined }),
    { immediate: true },
  )
  const rememberedSize = useLocalStorage('gobox.orders.size', 50)

  // The same object while nothing in it changes: opening an order changes the address, but not what is listed.
  const filter = computed<OrderFilter>((before) =>
    sameAs(
      before,
      Object.fromEntries(FILTER_KEYS.map((key) => [key, textOf(route.query, key)]).filter(([, value]) => value !== '')),
    ),
  )
  const sort = computed(
    () =>
      ORDER_SORTS.find((name) => name === route.query.sort) ??
      (filter.value.refund_overdue === '1' ? 'update_time' : '-create_time'),
  )
  const size = computed(
    () => [Number(route.query.size), rememberedSize.value].find((number) => PAGE_SIZES.includes(number)) ?? 50,
  )
  const page = computed(() => Math.max(1, Math.floor(Number(route.query.page)) || 1))

  function go(change: Record<string, string | undefined>, replace = false) {
    const query = Object.entries({ ...route.query, page: undefined, ...change }).filter(([, value]) => value)
    return router.push({ path: route.path, query: Object.fromEntries(query), replace })
  }

  return {
    filter,
    sort,
    size,
    page,
    /** Changes some filters and goes to the first page. */
    apply: (change: OrderFilter) => go(change),
    /** Shows all orders; where a view was open the address says so, as the list may open with one. */
    clear: () =>
      go({
        ...Object.fromEntries(FILTER_KEYS.map((key) => [key, undefined])),
        columns: undefined,
        view: route.query.view ? 'all' : undefined,
      }),
    sortBy: (name: OrderSort) =>
      go({ sort: name === '-create_time' && filter.value.refund_overdue !== '1' ? undefined : name }),
    toPage: (number: number) => go({ page: number > 1 ? String(number) : undefined }),
    /** From a page behind the last of `total` orders. */
    toLastPage: (total: number) => go({ page: String(Math.ceil(total / size.value)) }, true),
    resize(number: number) {
      rememberedSize.value = number
      return go({ size: String(number) })
    },
    /** What trade_view is asked. */
    query: computed<NonNullable<ApiOptions['query']>>((before) =>
      sameAs(before, {
        ...filter.value,
        // By `update_time` the server sorts by itself, where that is called for.
        sort: sort.value === 'update_time' ? undefined : sort.value,
        start: (page.value - 1) * size.value,
        limit: size.value,
      }),
    ),
  }
}
