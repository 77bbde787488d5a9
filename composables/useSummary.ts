import type { FigureFilter, Summary } from '#shared/summary'

/** The figures follow the orders that come. */
const EVERY = 15_000
const DAYS = [1, 7, 30] as const
export type SummaryDays = (typeof DAYS)[number]

/** The overview's figures; the period of its details lives in the address. */
export function useSummary() {
  const route = useRoute()
  const router = useRouter()
  const days = computed({
    get: () => DAYS.find((number) => number === Number(route.query.days)) ?? 7,
    set: (number: SummaryDays) => void router.replace({ query: number === 7 ? {} : { days: number } }),
  })
  const load = useLoad<Summary>('summary', '/api/summary', () => ({ days: days.value }))
  useLive(() => load.refresh(), EVERY)
  return { days, load }
}

/** The way to exactly the orders of a figure. */
export function ordersOf(filter: FigureFilter) {
  return {
    path: '/orders',
    query: Object.fromEntries(Object.entries(filter).map(([key, value]) => [key, String(value)])),
  }
}
