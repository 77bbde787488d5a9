import type { ErrorParams } from '#shared/error-codes'
import { cutIntoWeeks, type DateRange } from '#shared/date-ranges'

interface Answer {
  page: number | null
  received: number
  created: number
  updated: number
  refused: { trans_id: string; errmsg: string; code: string; params?: ErrorParams }[]
}

export interface DownloadRequest {
  range: DateRange
  dev_id?: string
  status?: string
}

const nothingYet = () => ({
  week: 0,
  weeks: 0,
  /** Pages of the week under way, and of all. */
  weekPages: 0,
  pages: 0,
  received: 0,
  created: 0,
  updated: 0,
  refused: [] as Answer['refused'],
})

/** Fetches orders from goBox, page after page; what has arrived stays whenever it ends. */
export function useDownload() {
  const api = useApi()
  const state = ref<'idle' | 'running' | 'done' | 'stopped'>('idle')
  const progress = reactive(nothingYet())
  const error = ref('')
  let aborter: AbortController | undefined

  function note({ received, created, updated, refused }: Answer) {
    progress.pages++
    progress.weekPages++
    progress.received += received
    progress.created += created
    progress.updated += updated
    progress.refused.push(...refused)
  }

  async function fetchWeek(
    [start_date, end_date]: DateRange,
    rest: Omit<DownloadRequest, 'range'>,
    signal: AbortSignal,
  ) {
    for (let page: number | null = 1; page !== null;) {
      const answer: Answer = await api<Answer>('/api/orders', {
        query: { action: 'get_orders', start_date, end_date, ...rest, page },
        signal,
      })
      note(answer)
      page = answer.page
    }
  }

  async function start({ range, ...rest }: DownloadRequest) {
    const weeks = cutIntoWeeks(range)
    Object.assign(progress, nothingYet(), { weeks: weeks.length })
    aborter = new AbortController()
    state.value = 'running'
    error.value = ''
    try {
      for (const week of weeks) {
        progress.week++
        progress.weekPages = 0
        await fetchWeek(week, rest, aborter.signal)
      }
      state.value = 'done'
    } catch (cause) {
      state.value = 'stopped'
      if (!aborter.signal.aborted) error.value = messageOf(cause)
    }
    void refreshOrders()
  }

  const stop = () => aborter?.abort()
  onScopeDispose(stop)

  return { state, progress, error, start, stop }
}
