import { isMoving } from '#shared/import-state'
import type { OrderDetail } from '#shared/orders'

/** One order with its history, and what can be done with it. */
export function useOrder(id: MaybeRefOrGetter<number>) {
  const api = useApi()
  const { t } = useI18n()
  const { can } = useSessionStore()
  const { runOne } = useOrderActions()
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
    (Object.keys(ACTION_PERMISSIONS) as OrderAction[]).filter((action) => {
      if (!order.value || !can(ACTION_PERMISSIONS[action])) return false
      // One button begins an import, whether for the first time or again.
      if (action === 'import' && planAction('retry', [order.value]).go.length > 0) return false
      return planAction(action, [order.value]).go.length > 0
    }),
  )

  /** Does it and tells the result; whether it succeeded. */
  async function act(action: OrderAction): Promise<boolean> {
    busy.value = action
    try {
      await runOne[action](toValue(id))
      void toast('success', t(`action.${action}.done`))
      return true
    } catch (cause) {
      void toast('error', messageOf(cause))
      return false
    } finally {
      busy.value = undefined
      void refreshOrders()
      if (action !== 'delete') void refresh()
    }
  }

  return { order, error, refresh, actions, act, busy }
}
