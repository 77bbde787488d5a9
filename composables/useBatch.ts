import type { ImportBatch, ImportFailure } from '#shared/imports'
import { follow } from './job/follow'
import type { Load } from './useLoad'

export type BatchDetail = ImportBatch & { failures: ImportFailure[] }

/** One batch, live while it runs, and what can be done with it. */
export function useBatch(id: number) {
  const api = useApi()
  const connection = useConnectionStore()
  const session = useSessionStore()
  const data = shallowRef<BatchDetail>()
  const error = shallowRef<Error>()
  let aborter: AbortController | undefined

  async function refresh() {
    aborter?.abort()
    const { signal } = (aborter = new AbortController())
    error.value = undefined
    const show = (batch: BatchDetail) => (data.value = batch)
    await follow(`/api/imports/${id}`, api, session.headersOf(), show, signal).catch((cause: Error) => {
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
    retry: (failure?: ImportFailure) =>
      act(
        'retry',
        failure &&
          (failure.code ? { code: failure.code, params: failure.params ?? undefined } : { reason: failure.errmsg }),
      ),
    /** Takes out of the queue what has not begun; answers how many orders. */
    cancel: () => act('cancel'),
  }
}
