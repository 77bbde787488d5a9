import { BUILT_IN_VIEWS, readView, writeView, type BuiltInView } from '#shared/order-view-query'
import type { DatePreset } from '#shared/date-ranges'
import type { OrderViews } from '#shared/order-views'

export const VIEWS_KEY = 'order-views'
const EVERY = 30_000

export type SavedView = OrderViews['root'][number]

/** A tab over the order list: a name for a state of its address. */
export interface OrderViewTab {
  key: string
  name: string
  query: string
  /** How many orders it holds; `null` where that is not counted, `undefined` until it is known. */
  orders?: number | null
  /** Unless it is always there. */
  saved?: SavedView
}

const PARTS = [...FILTER_KEYS, 'sort', 'columns'] as const

/** The order list's views, which of them is open, and whether the address says something else by now. */
export function useOrderViews(nameOf: (view: BuiltInView) => string) {
  const route = useRoute()
  const session = useSessionStore()
  const { rangeOf, presetOf } = useDatePresets()
  const { shown } = useOrderColumns()
  const isPhone = usePhone()
  const load = useLoad<OrderViews>(VIEWS_KEY, '/api/order_views')
  useLive(() => load.refresh(), EVERY)

  const tabs = computed<OrderViewTab[]>(() => {
    const counts = new Map(load.data?.built_in.map(({ view, orders }) => [view, orders]))
    const builtIn = (Object.keys(BUILT_IN_VIEWS) as BuiltInView[]).map((key) => ({
      key,
      name: nameOf(key),
      query: BUILT_IN_VIEWS[key],
      orders: counts.get(key),
    }))
    const saved = (load.data?.root ?? []).map((view) => ({
      key: String(view.id),
      name: view.name,
      query: view.query,
      orders: view.orders,
      saved: view,
    }))
    return [...builtIn, ...saved]
  })

  /** A view as the address has it today. */
  function today(query: string): string {
    const { dates, ...parts } = readView(query)
    if (!dates) return writeView(parts)
    const [start_date, end_date] = rangeOf(dates as DatePreset)
    return writeView({ ...parts, start_date, end_date })
  }

  const state = computed(() => {
    const { query } = route
    return writeView(Object.fromEntries(PARTS.map((key) => [key, typeof query[key] === 'string' ? query[key] : ''])))
  })

  // Of all orders everything is a change: that view is open only while nothing is filtered.
  const active = computed(
    () =>
      tabs.value.find(({ key }) => key === route.query.view && key !== 'all') ??
      tabs.value.find(({ query }) => today(query) === state.value),
  )
  const isChanged = computed(() => active.value !== undefined && today(active.value.query) !== state.value)

  const opensWith = computed(() => load.data?.default ?? undefined)
  const linkOf = ({ key, query }: OrderViewTab): Record<string, string> => ({
    ...readView(today(query)),
    // Where the list opens with another view, the address says that all are wanted.
    ...(key !== 'all' || (opensWith.value ?? 'all') !== 'all' ? { view: key } : {}),
  })

  /** What the address says, to be saved: days that have a name move on with it, and the columns are those shown. */
  function toSave(): string {
    const { start_date, end_date, columns, ...parts } = readView(state.value)
    const dates = presetOf(start_date, end_date)
    const kept = columns ?? (isPhone.value ? undefined : shown.value.join(','))
    return writeView({ ...parts, columns: kept, ...(dates ? { dates } : { start_date, end_date }) })
  }

  /** Whether the user may change a saved view: one's own, or with the edit bit one that is shared. */
  const mayChange = (view?: SavedView) => view !== undefined && (view.shared ? session.can('edit') : view.is_own)

  return { load, tabs, state, active, isChanged, opensWith, linkOf, toSave, mayChange }
}

/** Opens the list with the view that its user has chosen, where the address asks for nothing. */
export function useFirstView({
  load,
  tabs,
  linkOf,
}: Pick<ReturnType<typeof useOrderViews>, 'load' | 'tabs' | 'linkOf'>) {
  const route = useRoute()
  const session = useSessionStore()
  const { set_of_book: set, user_name: user } = session.current ?? {}
  // What was chosen last is known before the server has answered, so that no other list is drawn first.
  const known = useLocalStorage<OrderViewTab | null>(`gobox.orders.first.${JSON.stringify([set, user])}`, null, {
    serializer: { read: JSON.parse, write: JSON.stringify },
  })
  const isPlain = () => route.path === '/orders' && Object.keys(route.query).length === 0
  const open = (tab: OrderViewTab) => void navigateTo({ path: '/orders', query: linkOf(tab) }, { replace: true })

  let isNew = isPlain()
  if (isNew && known.value) open(known.value)
  watch(
    () => load.data,
    (answer) => {
      if (!answer) return
      const first = tabs.value.find(({ key }) => key === answer.default && key !== 'all')
      if (isNew && first && isPlain()) open(first)
      isNew = false
      known.value = first ? { key: first.key, name: first.name, query: first.query } : null
    },
    { immediate: true },
  )
}
