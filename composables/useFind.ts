import type { Found } from '#shared/find'
import type zh from '~/i18n/find/zh.json'

export type FindText = keyof typeof zh

/** What is remembered as found before, of each account set and user. */
const REMEMBERED = 8
const SHOWN_RECENT = 5
/** Milliseconds without another letter, after which the server is asked. */
const TYPED = 150

export interface FindGroup {
  name: 'recent' | 'pages' | 'actions' | 'orders' | 'cabinets' | 'products' | 'search'
  entries: FindEntry[]
}

/** An entry and the group that it stands in: one may stand in two. */
export interface FindPlace {
  group: FindGroup
  entry: FindEntry
}

/** What the server finds of the text, asked when the typing rests; what was found before stays until then. */
function useServerFinds(text: Ref<string>) {
  const api = useApi()
  const found = shallowRef<Found>()
  const error = ref('')
  const isPending = ref(false)

  async function ask(q: string, signal: AbortSignal) {
    isPending.value = true
    error.value = ''
    if (q) await new Promise((resolve) => setTimeout(resolve, TYPED))
    if (signal.aborted) return
    try {
      found.value = q ? await api<Found>('/api/find', { query: { q }, signal }) : undefined
    } catch (cause) {
      if (!signal.aborted) error.value = messageOf(cause)
    } finally {
      if (!signal.aborted) isPending.value = false
    }
  }

  watch(text, (q, _, onCleanup) => {
    const aborter = new AbortController()
    onCleanup(() => aborter.abort())
    void ask(q, aborter.signal)
  })
  return { found, error, isPending }
}

/** Entries of what the server has found. */
function useFoundEntries() {
  const { t } = useI18n({ useScope: 'global' })
  const { money, timeAgo } = useFormat()
  const route = useRoute()

  return ({ orders, cabinets, products }: Found): FindGroup[] => [
    {
      name: 'orders',
      entries: orders.map((order) => ({
        id: `order ${order.id}`,
        title: order.trans_id,
        detail: [
          money(order.total_amount),
          t(`orderStatus.${order.status}`),
          order.device_name ?? order.dev_id,
          order.e_id,
          order.retail_code,
          timeAgo(order.create_time),
        ]
          .filter(Boolean)
          .join(' · '),
        // The list behind it stays as it is filtered.
        to: {
          path: `/orders/${order.id}`,
          query: route.path.startsWith('/orders') ? (route.query as Record<string, string>) : {},
        },
      })),
    },
    {
      name: 'cabinets',
      entries: cabinets.map(({ id, name, dev_id }) => ({
        id: `cabinet ${id}`,
        title: name,
        detail: String(dev_id),
        to: { path: `/devices/${id}` },
      })),
    },
    {
      name: 'products',
      entries: products.map(({ barcode, name }) => ({
        id: `product ${barcode}`,
        title: name,
        detail: barcode,
        to: { path: '/orders', query: { barcode } },
      })),
    },
  ]
}

/** What was chosen last, without what was typed: that may be anything. */
function useRecent(commands: Ref<FindEntry[]>) {
  const session = useSessionStore()
  const kept = useLocalStorage<Record<string, FindEntry[]>>('gobox.found', {})
  const owner = computed(() => `${session.current?.set_of_book} ${session.current?.user_name}`)

  const recent = computed(() =>
    (kept.value[owner.value] ?? [])
      .map((entry) => commands.value.find(({ id }) => id === entry.id) ?? entry)
      .filter(({ to, run }) => to ?? run)
      .slice(0, SHOWN_RECENT),
  )
  function remember({ id, title, detail, to }: FindEntry) {
    // What an order was like ages, and its buyer is nobody's to find in a browser.
    const lasting = id.startsWith('order ') ? { id, title, to: to && { path: to.path } } : { id, title, detail, to }
    const before = (kept.value[owner.value] ?? []).filter((entry) => entry.id !== id)
    kept.value = { ...kept.value, [owner.value]: [lasting, ...before].slice(0, REMEMBERED) }
  }
  return { recent, remember }
}

/** Everything that can be found by `text`, in groups, and what choosing one does. */
export function useFind(text: Ref<string>, say: (key: FindText, values?: Record<string, string>) => string) {
  const wanted = computed(() => text.value.trim())
  const { pages, actions, matching } = useFindCommands(say)
  const { found, error, isPending } = useServerFinds(wanted)
  const entriesOf = useFoundEntries()
  const { recent, remember } = useRecent(computed(() => [...pages.value, ...actions.value]))

  const searches = computed<FindEntry[]>(() => [
    ...(/^\d{8,14}$/.test(wanted.value)
      ? [
          {
            id: 'barcode',
            title: say('byBarcode', { text: wanted.value }),
            to: { path: '/orders', query: { barcode: wanted.value } },
          },
        ]
      : []),
    {
      id: 'search',
      title: say('searchFor', { text: wanted.value }),
      to: { path: '/orders', query: { q: wanted.value } },
    },
  ])

  const groups = computed<FindGroup[]>(() => {
    const all: FindGroup[] = wanted.value
      ? [
          { name: 'pages', entries: matching(pages.value, wanted.value) },
          { name: 'actions', entries: matching(actions.value, wanted.value) },
          ...(found.value ? entriesOf(found.value) : []),
          { name: 'search', entries: searches.value },
        ]
      : [
          { name: 'recent', entries: recent.value },
          // Parts of a page are found by their words.
          { name: 'pages', entries: pages.value.filter(({ detail }) => detail === undefined) },
          { name: 'actions', entries: actions.value },
        ]
    return all.filter(({ entries }) => entries.length > 0)
  })

  async function choose(entry: FindEntry) {
    if (!searches.value.includes(entry)) remember(entry)
    if (entry.run) await entry.run()
    else if (entry.to) await navigateTo(entry.to)
  }

  return { groups, error, isPending, choose }
}
