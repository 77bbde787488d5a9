import { isMoving } from '#shared/import-state'
import { ACTION_PERMISSIONS, type OrderAction } from '#shared/job-rules'
import type { OrderDetail } from '#shared/orders'

/** One order with its history, and what can be done with it. */
export function useOrder(id: MaybeRefOrGetter<number>, doneText: (action: OrderAction) => string) {
  const api = useApi()
  const { can } = useSessionStore()
  const actionsOnOne = useOrderActions()
  const deletions = useDeletionsStore()
  const busy = ref<OrderAction>()

  const {
    data: order,
    error,
    status,
    refresh,
  } = useAsyncData(
    () => `order-${toValue(id)}`,
    (_, { signal }) => api<OrderDetail>(`/api/orders/${toValue(id)}`, { signal }),
    { lazy: true },
  )

  useIntervalFn(
    () => order.value && isMoving(order.value.import_state) && status.value !== 'pending' && refresh(),
    LIVE_EVERY,
  )

  /** What the order's state and the user's permissions allow. */
  const actions = computed(() =>
    order.value ? actionsOf(order.value).filter((action) => can(ACTION_PERMISSIONS[action])) : [],
  )

  /**
   * Does it and tells the result, or has it deleted later; whether that went well. `total`: what the page shows that
   * would be booked.
   */
  async function act(action: OrderAction, total = order.value?.total_amount): Promise<boolean> {
    if (action === 'delete') {
      deletions.later({ orders: toValue(id), count: 1, transId: order.value?.trans_id })
      return true
    }
    busy.value = action
    try {
      await actionsOnOne[action](toValue(id), total)
      void toast('success', doneText(action))
      return true
    } catch (cause) {
      void toast('error', messageOf(cause))
      return false
    } finally {
      busy.value = undefined
      void refreshOrders()
      void refresh()
    }
  }

  return { order, error, refresh, actions, act, busy }
}
