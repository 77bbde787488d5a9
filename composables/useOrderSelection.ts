const MAX_SELECTION = 10_000
const CHUNK = 1000

/** The orders chosen for an action: some of those shown, or all that match the filter. */
export function useOrderSelection(list: Ref<OrderPage | undefined>, filter: Ref<OrderFilter>) {
  const api = useApi()
  const { t } = useI18n()
  const chosen = shallowRef<OrderRow[]>([])
  const isAll = ref(false)

  const total = computed(() => list.value?.total ?? 0)
  const count = computed(() => isAll.value ? total.value : chosen.value.length)
  const amount = computed(() => isAll.value ? list.value?.amount : chosen.value.reduce((sum, { total_amount }) => sum + Math.round(total_amount * 100), 0) / 100)

  function choose(orders: OrderRow[]) {
    chosen.value = orders
    isAll.value = false
  }

  function toggle(order: OrderRow) {
    const others = chosen.value.filter(({ id }) => id !== order.id)
    choose(others.length < chosen.value.length ? others : [...others, order])
  }

  function takeAll() {
    isAll.value = true
  }

  /** Puts rows fetched anew in the place of those chosen before. */
  function refresh(rows: Map<number, OrderRow>) {
    chosen.value = chosen.value.map(order => rows.get(order.id) ?? order)
  }

  /** The chosen orders. */
  async function resolve(): Promise<OrderRow[]> {
    if (!isAll.value) return chosen.value
    if (total.value > MAX_SELECTION) throw new ApiError(t('selection.tooMany', { max: MAX_SELECTION }), 0)
    const orders = new Map<number, OrderRow>()
    for (let start = 0; start < total.value; start += CHUNK) {
      const { root } = await api<OrderPage>('/api/orders', { query: { action: 'trade_view', ...filter.value, start, limit: CHUNK } })
      for (const order of root) orders.set(order.id, order)
    }
    return [...orders.values()]
  }

  watch(filter, () => choose([]))

  return reactive({ chosen, isAll, count, amount, total, choose, toggle, takeAll, refresh, resolve })
}
export type OrderSelection = ReturnType<typeof useOrderSelection>
