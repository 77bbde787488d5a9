import type { OrderPage, OrderRow } from '#shared/orders'

const MAX_SELECTION = 10_000
const CHUNK = 1000

/** The orders chosen for an action: some of those shown, or all that match the filter. */
export function useOrderSelection(list: Ref<OrderPage | undefined>, filter: Ref<OrderFilter>) {
  const api = useApi()
  const { t } = useI18n()
  const chosen = shallowRef<OrderRow[]>([])
  const isAll = ref(false)

  const total = computed(() => list.value?.total ?? 0)
  const count = computed(() => (isAll.value ? total.value : chosen.value.length))
  const amount = computed(() =>
    isAll.value
      ? (list.value?.amount ?? 0)
      : chosen.value.reduce((sum, { total_amount }) => sum + Math.round(total_amount * 100), 0) / 100,
  )

  function choose(orders: OrderRow[]) {
    chosen.value = orders
    isAll.value = false
  }

  const ids = computed(() => new Set(chosen.value.map(({ id }) => id)))
  const has = (id: number) => isAll.value || ids.value.has(id)
  const hasAll = (rows: OrderRow[]) => rows.length > 0 && rows.every(({ id }) => has(id))

  function toggle(order: OrderRow) {
    choose(ids.value.has(order.id) ? chosen.value.filter(({ id }) => id !== order.id) : [...chosen.value, order])
  }

  /** All rows of the page, or none of them if they were all chosen. */
  function togglePage(rows: OrderRow[]) {
    const others = chosen.value.filter(({ id }) => !rows.some((row) => row.id === id))
    choose(hasAll(rows) ? others : [...others, ...rows])
  }

  function takeAll() {
    isAll.value = true
  }

  /** The chosen orders. */
  async function resolve(): Promise<OrderRow[]> {
    if (!isAll.value) return chosen.value
    if (total.value > MAX_SELECTION) throw new ApiError(t('selection.tooMany', { max: MAX_SELECTION }), 0)
    const orders = new Map<number, OrderRow>()
    for (let start = 0; start < total.value; start += CHUNK) {
      const { root } = await api<OrderPage>('/api/orders', {
        query: { action: 'trade_view', ...filter.value, start, limit: CHUNK },
      })
      for (const order of root) orders.set(order.id, order)
    }
    return [...orders.values()]
  }

  watch(filter, () => choose([]))
  // Rows fetched anew take the places of those chosen before, so that an action sees their present state.
  watch(list, (page) => {
    const fresh = new Map(page?.root.map((row) => [row.id, row]))
    if (chosen.value.some(({ id }) => fresh.has(id)))
      chosen.value = chosen.value.map((order) => fresh.get(order.id) ?? order)
  })

  return reactive({ chosen, isAll, count, amount, total, choose, has, hasAll, toggle, togglePage, takeAll, resolve })
}
export type OrderSelection = ReturnType<typeof useOrderSelection>
