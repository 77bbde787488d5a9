import { isMoving } from '#shared/import-state'
import type { OrderPage, OrderRow } from '#shared/orders'

const KEY = 'orders'
/** How often what is on its way into C8 is asked for. */
export const LIVE_EVERY = 2000
/** A thousand rows are half a megabyte of answer. */
const MANY = 100
const LIVE_EVERY_OF_MANY = 10_000

/** Has the order list, where it is shown, asked for anew. */
export const refreshOrders = () => refreshNuxtData(KEY)

/** Rows that say what they said before stay the same objects, so that only the others are drawn anew. */
function keepUnchanged(page: OrderPage, before: OrderRow[]): OrderPage {
  const known = new Map(before.map((row) => [row.id, row]))
  const same = (row: OrderRow) => {
    const old = known.get(row.id)
    return old && JSON.stringify(old) === JSON.stringify(row) ? old : row
  }
  return { ...page, root: page.root.map(same) }
}

/** The page of orders that `query` asks for; the rows before stay until the new ones are there. */
export function useOrderList(query: Ref<NonNullable<ApiOptions['query']>>) {
  const api = useApi()
  const connection = useConnectionStore()
  const {
    data: answer,
    error,
    status,
    refresh,
  } = useAsyncData(
    KEY,
    (_, { signal }) => api<OrderPage>('/api/orders', { query: { action: 'trade_view', ...query.value }, signal }),
    { watch: [query], lazy: true },
  )

  // What was there stays while the next answer is away or has failed.
  const data = shallowRef<OrderPage>()
  watch(
    answer,
    (page) => {
      if (page) data.value = keepUnchanged(page, data.value?.root ?? [])
    },
    { immediate: true },
  )

  const rows = computed(() => data.value?.root ?? [])
  const areMoving = computed(() => rows.value.some(({ import_state }) => isMoving(import_state)))
  useIntervalFn(
    () => areMoving.value && status.value !== 'pending' && refresh(),
    () => (rows.value.length > MANY ? LIVE_EVERY_OF_MANY : LIVE_EVERY),
  )
  watch(
    () => connection.isLost,
    (isLost) => isLost || refresh(),
  )

  return { data, rows, error, isLoading: computed(() => status.value === 'pending'), refresh }
}
