import type { RouteLocationRaw } from 'vue-router'
import { isDate } from '#shared/dates'
import { REPORT_KINDS, type ReportKind } from '#shared/report-kinds'
import type { Report } from '#shared/reports'
import type { DateRange } from '#shared/date-ranges'
import type { ExportFormat } from '#shared/orders'

/**
 * The report that the address names: which days, and by what, where that is not given. Without days it is of the last
 * thirty.
 */
export function useReport(given?: ReportKind) {
  const api = useApi()
  const route = useRoute()
  const router = useRouter()
  const { rangeOf } = useDatePresets()
  const dateOf = (name: 'from' | 'to') => {
    const text = route.query[name]
    return typeof text === 'string' && isDate(text) ? text : undefined
  }
  const range = computed<DateRange>(() => {
    const [from, to] = [dateOf('from'), dateOf('to')]
    return from && to ? [from, to] : rangeOf('days30')
  })
  const by = computed<ReportKind>(() => given ?? REPORT_KINDS.find((kind) => kind === route.query.by) ?? 'day')
  const query = computed(() => ({ from: range.value[0], to: range.value[1], by: by.value }))
  const load = useLoad<Report>(`report ${given ?? ''}`, '/api/reports', query)

  async function save(format: ExportFormat) {
    saveFile(await api.file('/api/reports/export', { query: { ...query.value, format } }))
  }

  return {
    range,
    by,
    load,
    save,
    /** The way to the same days by something else. */
    linkTo: (kind: ReportKind): RouteLocationRaw => ({
      query: { ...route.query, by: kind === 'day' ? undefined : kind },
    }),
    choose: ([from, to]: DateRange) => router.push({ query: { ...route.query, from, to } }),
  }
}
