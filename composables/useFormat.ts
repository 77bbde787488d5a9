import { DAY, formatTime, parseTime } from '#shared/time'

const MINUTE = 60_000
const HOUR = 3_600_000

const yuan = new Intl.NumberFormat('zh-CN', { style: 'currency', currency: 'CNY', currencyDisplay: 'narrowSymbol' })
const count = new Intl.NumberFormat('en-US')

/** Money, counts and times as every page shows them. */
export function useFormat() {
  const { locale, t } = useI18n()
  const session = useSessionStore()
  const now = useSharedNow()

  /** Within a day as “3 minutes ago”, before that as `11-20 08:30`, of another year with the year. */
  function timeAgo(time: string): string {
    const at = parseTime(time, session.zone)
    const age = at === null ? Infinity : now.value - at
    if (age >= DAY || age < -MINUTE) return time.slice(time.slice(0, 4) === thisYear() ? 5 : 0, 16)
    if (age < MINUTE) return t('text.justNow')
    const relative = new Intl.RelativeTimeFormat(locale.value === 'zh' ? 'zh-CN' : 'en')
    return age < HOUR
      ? relative.format(-Math.floor(age / MINUTE), 'minute')
      : relative.format(-Math.floor(age / HOUR), 'hour')
  }

  const thisYear = () => formatTime(now.value, session.zone).slice(0, 4)

  return { money: (amount: number) => yuan.format(amount), count: (number: number) => count.format(number), timeAgo }
}

/** One clock for all times on the page. */
const useSharedNow = createSharedComposable(() => useTimestamp({ scheduler: (tick) => useIntervalFn(tick, 30_000) }))
