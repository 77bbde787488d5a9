import type { OrderPage, OrderRow } from '#shared/orders'

/** The orders chosen for an action: some of those shown, or all that match the filter. */
export function useOrderSelection(list: Ref<OrderPage | undefined>, filter: Ref<OrderFilter>) {
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

  let anchor: number | undefined

  /** With `isRange` all from the one toggled last to this one become what this one does. */
  function toggle(order: OrderRow, isRange = false) {
    const rows = list.value?.root ?? []
    const [from, to] = [anchor, order.id].map((id) => rows.findIndex((row) => row.id === id)).sort((a, b) => a - b)
    anchor = order.id
    if (isRange && from! >= 0 && from !== to) return setAll(rows.slice(from, to! + 1), !has(order.id))
    choose(ids.value.has(order.id) ? chosen.value.filter(({ id }) => id !== order.id) : [...chosen.value, order])
  }

  function setAll(rows: OrderRow[], isChosen: boolean) {
    const changed = new Set(rows.map(({ id }) => id))
    const others = chosen.value.filter(({ id }) => !changed.has(id))
    choose(isChosen ? [...others, ...rows] : others)
  }

  /** All rows of the page, or none of them if they were all chosen. */
  const togglePage = (rows: OrderRow[]) => setAll(rows, !hasAll(rows))

  function takeAll() {
    isAll.value = true
  }

  /** The chosen orders by their ids, or what all have in common. */
  const wanted = () => (isAll.value ? filter.value : chosen.value.map(({ id }) => id))

  watch(filter, () => choose([]))
  // Rows fetched anew take the places of those chosen before, so that an action sees their present state.
  watch(list, (page) => {
    const fresh = new Map(page?.root.map((row) => [row.id, row]))
    if (chosen.value.some(({ id }) => fresh.has(id)))
      chosen.value = chosen.value.map((order) => fresh.get(order.id) ?? order)
  })

  return reactive({ chosen, isAll, count, amount, total, choose, has, hasAll, toggle, togglePage, takeAll, wanted })
}
export type OrderSelection = ReturnType<typeof useOrderSelection>
