import type { ReportKind } from '#shared/report-kinds'
import type { ReportRow } from '#shared/reports'

/** So many hours of the week are listed. */
const BUSIEST = 20

/** A row as it is listed: with what names it, and more to that. */
export interface NamedRow extends ReportRow {
  label: string
  detail: string
}

/** The rows of a report as people call them. */
export function useReportRows() {
  const say = useReportTexts()
  const weekdays = computed(() => ([0, 1, 2, 3, 4, 5, 6] as const).map((day) => say(`weekday.${day}`)))
  const weekdayOf = (date: string) => weekdays.value[(new Date(date).getUTCDay() + 6) % 7]!
  const hourOf = (key: string) =>
    say('hour', { day: weekdays.value[Math.floor(Number(key) / 24)]!, hour: Number(key) % 24 })

  const names: Record<ReportKind, (row: ReportRow) => { label: string; detail: string }> = {
    day: ({ key }) => ({ label: key, detail: weekdayOf(key) }),
    week: ({ key, to }) => ({ label: key, detail: `– ${to?.slice(5)}` }),
    month: ({ key, to }) => ({ label: key.slice(0, 7), detail: `${key.slice(5)} – ${to?.slice(5)}` }),
    hour: ({ key }) => ({ label: hourOf(key), detail: '' }),
    cabinet: ({ key, name }) =>
      name === null ? { label: say('unconfigured', { id: key }), detail: '' } : { label: name, detail: key },
    product: ({ key, name }) => (name ? { label: name, detail: key } : { label: key, detail: '' }),
  }
  const nameRow = (by: ReportKind, row: ReportRow): NamedRow => ({ ...row, ...names[by](row) })

  /** Those that are listed: of the hours the best alone. */
  function listed(by: ReportKind, rows: ReportRow[]): NamedRow[] {
    const shown =
      by === 'hour'
        ? rows
            .filter(({ sales }) => sales.orders)
            .sort((a, b) => b.sales.amount - a.sales.amount)
            .slice(0, BUSIEST)
        : rows
    return shown.map((row) => nameRow(by, row))
  }

  return { listed, weekdays }
}
