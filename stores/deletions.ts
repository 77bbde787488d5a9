/** So long a deletion can be taken back, in milliseconds. */
export const UNDO_TIME = 10_000
/** What a browser still sends for a page that is left: 64 KiB, headers and all. */
const MAX_BODY = 48_000

export interface Deletion {
  key: number
  /** One order's id, or several. */
  orders: number | number[]
  count: number
  /** The one order's number. */
  transId?: string
}

/**
 * Deletions that can still be taken back: nothing is asked of the server before their time is over. A page that is left
 * carries them out at once; one that crashes deletes nothing.
 */
export const useDeletionsStore = defineStore('deletions', () => {
  const actions = useOrderActions()
  const session = useSessionStore()
  const jobs = useJobsStore()
  const { $i18n: i18n } = useNuxtApp()
  const waiting = ref<Deletion[]>([])
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  let last = 0

  const bodyOf = ({ orders }: Deletion) => ({ kind: 'delete', skip_refused: 1, ids: [orders].flat() })

  /** Takes it out of those that wait; whether it was still one of them. */
  function settle({ key }: Deletion): boolean {
    clearTimeout(timers.get(key))
    timers.delete(key)
    const before = waiting.value.length
    waiting.value = waiting.value.filter((one) => one.key !== key)
    return waiting.value.length < before
  }

  async function carryOut(deletion: Deletion) {
    if (!timers.has(deletion.key)) return
    timers.delete(deletion.key)
    const { orders } = deletion
    try {
      if (typeof orders === 'number') {
        await actions.delete(orders)
        await refreshOrders()
      } else await jobs.start('delete', orders)
    } catch (error) {
      void toast('error', i18n.t('undo.failed', { reason: messageOf(error) }))
    }
    settle(deletion)
  }

  /** Deletes when the time to take it back is over. */
  function later(deletion: Omit<Deletion, 'key'>) {
    const one = { ...deletion, key: ++last }
    waiting.value = [...waiting.value, one]
    // More than a page that is left could still send is not put off.
    const isTooLong = typeof one.orders !== 'number' && JSON.stringify(bodyOf(one)).length > MAX_BODY
    timers.set(
      one.key,
      setTimeout(() => void carryOut(one), isTooLong ? 0 : UNDO_TIME),
    )
  }

  /** Nothing has been deleted. */
  const undo = (deletion: Deletion) => settle(deletion)

  /** For whoever logs out: afterwards nobody may. */
  const carryOutAll = () => Promise.all(waiting.value.map(carryOut))

  function leave() {
    for (const one of waiting.value.filter(({ key }) => timers.has(key))) {
      const isOne = typeof one.orders === 'number'
      void fetch(isOne ? `/api/orders/${one.orders as number}` : '/api/jobs', {
        method: isOne ? 'DELETE' : 'POST',
        headers: { ...session.headersOf(), 'Content-Type': 'application/json' },
        body: isOne ? undefined : JSON.stringify(bodyOf(one)),
        keepalive: true,
      })
      settle(one)
    }
  }
  useEventListener(window, 'pagehide', leave)

  /** Whether an order is about to be deleted. */
  const leaving = computed(() => new Set(waiting.value.flatMap(({ orders }) => orders)))
  const isLeaving = (id: number) => leaving.value.has(id)

  return { waiting, later, undo, carryOutAll, isLeaving }
})
