import { reasonKey } from '#shared/error-codes'
import type { FailureGroup, FailurePage, FailuresCheck } from '#shared/import-failures'

const SIZE = 50

const keyOf = ({ errmsg, code, params }: Pick<FailureGroup, 'errmsg' | 'code' | 'params'>) =>
  reasonKey({ message: errmsg, code, params })

/** The failed imports by reason, all or those of one code, with what of them could be imported now. */
export function useFailures(code?: string) {
  const api = useApi()
  const jobs = useJobsStore()
  const { can } = useSessionStore()
  const say = useFailureTexts()
  const page = ref(1)
  const query = computed(() => ({ code, start: (page.value - 1) * SIZE, limit: SIZE }))
  const load = useLoad<FailurePage>(`import-failures ${code ?? ''}`, '/api/import_failures', query)

  /** Reasons whose cause is gone. */
  const gone = ref(new Set<string>())
  const unchecked = ref(0)
  const isChecking = ref(false)
  /** Whose orders are to be imported again, once somebody has said yes. */
  const asking = shallowRef<FailureGroup>()

  async function check() {
    if (!can('create') || !load.data?.total) return
    isChecking.value = true
    try {
      const found = await api<FailuresCheck>('/api/import_failures/check', { method: 'POST', body: query.value })
      gone.value = new Set(found.gone.map((reason) => keyOf({ errmsg: '', ...reason })))
      unchecked.value = found.unchecked
    } catch {
      unchecked.value = load.data?.root.length ?? 0
    } finally {
      isChecking.value = false
    }
  }

  const isGone = (group: FailureGroup) => gone.value.has(keyOf(group))

  /** After something was done about a reason: asks whether its orders go again, or says that it has not helped. */
  async function mended(group: FailureGroup) {
    await check()
    if (isGone(group) || unchecked.value > 0) asking.value = group
    else void toast('error', say('notYet'))
  }

  async function retry({ code: reason, params, errmsg }: FailureGroup) {
    const body = reason === null ? { reason: errmsg } : { code: reason, params: params ?? undefined }
    const { id } = await api<{ id: number }>('/api/import_failures/retry', { method: 'POST', body })
    void jobs.follow(id, 'retry')
    await load.refresh()
  }

  watch(() => load.data, check, { immediate: true })
  // What a job has done, the list shows.
  const ended = computed(() => jobs.jobs.filter(({ now }) => now?.pending === 0).length)
  watch(ended, () => load.refresh())

  return { load, page, size: SIZE, isGone, unchecked, isChecking, asking, check, mended, retry, keyOf }
}
