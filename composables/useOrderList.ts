import { isMoving } from '#shared/import-state'
import type { OrderPage, OrderRow } from '#shared/orders'

const KEY = 'orders'
/** How often what is on its way into C8 is asked for. */
export const LIVE_EVERY = 2000
/** A thousand rows are half a megabyte of answer. */
const MANY = 100
const LIVE_EVERY_OF_MANY = 10_000
/** How often new orders and changed states are asked for where nothing is on its way. */
const NEWS_EVERY = 10_000
/** Where all orders are read for it, or many answered. */
const DEAR_NEWS_EVERY = 60_000

/** Has the order list and its views' counts, where they are shown, asked for anew. */
export const refreshOrders = () => refreshNuxtData([KEY, VIEWS_KEY])

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
  const ask = (asked: ApiOptions['query'], signal?: AbortSignal) =>
    api<OrderPage>('/api/orders', { query: { action: 'trade_view', ...asked }, signal })
  const {
    data: answer,
    error,
    status,
    refresh,
  } = useAsyncData(KEY, (_, { signal }) => ask(query.value, signal), { watch: [query], lazy: true })

  const isLoading = computed(() => status.value === 'pending')

  // What was there stays while the next answer is away or has failed.
  const data = shallowRef<OrderPage>()
  /** Orders that have come since the list was loaded. */
  const arrived = ref(0)

  function show(page: OrderPage, count = 0) {
    data.value = keepUnchanged(page, data.value?.root ?? [])
    arrived.value = count
  }
  watch(answer, (page) => page && show(page), { immediate: true })

  let isAsking = false
  async function askForNews(): Promise<void> {
    const [asked, before] = [query.value, data.value]
    if (!before || isAsking || isLoading.value) return
    if (error.value) return refresh()
    isAsking = true
    const now = await ask(asked).catch(() => undefined)
    isAsking = false
    // What was loaded meanwhile is newer.
    if (!now || query.value !== asked || data.value !== before || isLoading.value) return
    const { page, count } = takeNews(before, now)
    show(page, count)
  }

  const rows = computed(() => data.value?.root ?? [])
  const isMany = computed(() => rows.value.length > MANY)
  const areMoving = computed(() => rows.value.some(({ import_state }) => isMoving(import_state)))
  const isDear = computed(() => {
    const { q, barcode, import_error: reason, sort } = query.value
    return isMany.value || (q ?? barcode ?? reason) !== undefined || String(sort).endsWith('total_amount')
  })
  useLive(askForNews, () =>
    areMoving.value ? (isMany.value ? LIVE_EVERY_OF_MANY : LIVE_EVERY) : isDear.value ? DEAR_NEWS_EVERY : NEWS_EVERY,
  )
  watch(
    () => connection.isLost,
    (isLost) => isLost || refresh(),
  )

  return { data, rows, arrived, error, isLoading, refresh }
}
