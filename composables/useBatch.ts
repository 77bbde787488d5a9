import type { Load } from './useLoad'

/** One batch, live while it runs, and what can be done with it. */
export function useBatch(id: number) {
  const api = useApi()
  const connection = useConnectionStore()
  const follow = useBatchFollow()
  const data = shallowRef<BatchDetail>()
  const error = shallowRef<Error>()
  let aborter: AbortController | undefined

  async function refresh() {
    aborter?.abort()
    const { signal } = (aborter = new AbortController())
    error.value = undefined
    await follow(id, (batch) => (data.value = batch), signal).catch((cause: Error) => {
      if (!signal.aborted) error.value = cause
    })
  }

  async function act(action: 'retry' | 'cancel', body: object = {}) {
    const { count } = await api<{ count: number }>(`/api/imports/${id}/${action}`, { method: 'POST', body })
    void refresh()
    return count
  }

  watch(
    () => connection.isLost,
    (isLost) => isLost || refresh(),
  )
  onScopeDispose(() => aborter?.abort())
  void refresh()

  return {
    load: reactive({ data, error, isBusy: false, refresh }) as Load<BatchDetail>,
    /** Queues the failed orders again, all or those with this reason; answers how many. */
    retry: (reason?: string) => act('retry', { reason }),
    /** Takes out of the queue what has not begun; answers how many orders. */
    cancel: () => act('cancel'),
  }
}
