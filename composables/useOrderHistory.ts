import { HISTORY_PAGE, type OrderHistoryEntry } from '#shared/order-history'
import type { OrderDetail } from '#shared/orders'

/** An order's history, newest first: what comes with the order, and older entries as they are asked for. */
export function useOrderHistory(order: MaybeRefOrGetter<OrderDetail>) {
  const api = useApi()
  const older = shallowRef<OrderHistoryEntry[]>([])
  const isBusy = ref(false)

  watch(
    () => toValue(order).id,
    () => (older.value = []),
  )

  // By their numbers: new ones come while older ones are looked at.
  const entries = computed(() => {
    const all = new Map([...older.value, ...toValue(order).history].map((entry) => [entry.sequence, entry]))
    return [...all.values()].sort((a, b) => b.sequence - a.sequence)
  })
  const oldest = computed(() => entries.value.at(-1)?.sequence ?? 0)

  async function showOlder() {
    isBusy.value = true
    const { id, history_total: total } = toValue(order)
    try {
      const query = { start: total - oldest.value, limit: HISTORY_PAGE }
      const { root } = await api<Page<OrderHistoryEntry>>(`/api/orders/${id}/history`, { query })
      if (toValue(order).id === id) older.value = [...older.value, ...root]
    } catch (error) {
      void toast('error', messageOf(error))
    } finally {
      isBusy.value = false
    }
  }

  return { entries, hasOlder: computed(() => oldest.value > 0), isBusy, showOlder }
}
