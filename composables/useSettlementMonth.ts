import type { SettlementDay } from '#shared/settlement-answers'
import { addDays, dateOfTime } from '#shared/dates'

const LIVE_EVERY = 2000
/** Of days that another has closed, or is checking already. */
const OVERTAKEN = new Set(['day_closed', 'day_checking'])

/** The month that the address names, its days newest first, and checks of all of them. */
export function useSettlementMonth() {
  const api = useApi()
  const route = useRoute()
  const router = useRouter()
  const session = useSessionStore()
  const today = dateOfTime(Date.now(), session.zone)
  const month = computed(() =>
    /^\d{4}-(?:0[1-9]|1[0-2])$/.test(String(route.query.month)) ? String(route.query.month) : today.slice(0, 7),
  )
  const first = computed(() => `${month.value}-01`)
  const last = computed(() => {
    const end = addDays(`${addDays(first.value, 31).slice(0, 7)}-01`, -1)
    return end > today && first.value <= today ? today : end
  })
  const load = useLoad<Page<SettlementDay>>('settlements', '/api/settlements', () => ({
    start_date: first.value,
    end_date: last.value,
    limit: 31,
  }))
  const isChecking = computed(() => load.data?.root.some(({ status }) => status === 'checking') ?? false)
  useIntervalFn(() => isChecking.value && !load.isBusy && load.refresh(), LIVE_EVERY)

  const turn = (days: number) => {
    const other = addDays(days < 0 ? first.value : `${month.value}-28`, days).slice(0, 7)
    return router.push({ query: { month: other } })
  }

  /** Asks for checks of the days, oldest first; resolves with how many. Leaves out what somebody did meanwhile. */
  async function check(days: SettlementDay[]): Promise<number> {
    const due = days.filter(({ status, date }) => (status === 'open' || status === 'checked') && date <= today)
    let asked = 0
    for (const { date } of due.toReversed())
      try {
        await api(`/api/settlements/${date}/check`, { method: 'POST' })
        asked++
      } catch (error) {
        if (!(error instanceof ApiError && OVERTAKEN.has(error.code ?? ''))) throw error
      }
    await load.refresh()
    return asked
  }

  async function close({ date }: SettlementDay, note: string | undefined) {
    await api(`/api/settlements/${date}/close`, { method: 'POST', body: note === undefined ? {} : { note } })
    await load.refresh()
  }

  const exportMonth = async () => {
    const query = { start_date: first.value, end_date: last.value }
    saveFile(await api.file('/api/settlements/export', { query }))
  }

  return {
    today,
    month,
    load,
    check,
    close,
    exportMonth,
    previous: () => turn(-1),
    next: () => turn(7),
    isLast: computed(() => month.value >= today.slice(0, 7)),
  }
}
