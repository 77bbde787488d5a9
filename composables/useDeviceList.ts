import type { DeviceRow, UnconfiguredDevice } from '#shared/devices'

const SIZE = 50

/**
 * The configured cabinets by name or number and page, which live in the address, and those that are still to be
 * configured.
 */
export function useDeviceList() {
  const route = useRoute()
  const router = useRouter()
  const name = computed(() => (typeof route.query.name === 'string' ? route.query.name : ''))
  const page = computed(() => Math.max(1, Math.floor(Number(route.query.page)) || 1))

  const list = useLoad<Page<DeviceRow>>('devices', '/api/devices', () => ({
    q: name.value || undefined,
    start: (page.value - 1) * SIZE,
    limit: SIZE,
  }))
  const unconfigured = useLoad<Page<UnconfiguredDevice>>('unconfigured-devices', '/api/devices/unconfigured')

  const go = (query: { name?: string; page?: string }) =>
    router.push({ query: Object.fromEntries(Object.entries(query).filter(([, value]) => value)) })

  return {
    name,
    page,
    size: SIZE,
    list,
    unconfigured,
    search: (text: string) => go({ name: text.trim() }),
    toPage: (number: number) => go({ name: name.value, page: number > 1 ? String(number) : '' }),
    refresh: () => Promise.all([list.refresh(), unconfigured.refresh()]),
  }
}
