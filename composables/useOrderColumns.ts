/** The columns that can be chosen; the order's number always stands first. */
export const ORDER_COLUMNS = [
  'create_time',
  'device',
  'products',
  'total_amount',
  'status',
  'import_state',
  'update_time',
  'e_id',
  'created_at',
  'created_user',
  'imported_at',
  'imported_user',
] as const
export type OrderColumn = (typeof ORDER_COLUMNS)[number]

const DEFAULT: OrderColumn[] = ['create_time', 'device', 'products', 'total_amount', 'status', 'import_state']

/** How this browser's user wants the order table; the columns of an open view stand in the address. */
export const useOrderColumns = createSharedComposable(() => {
  const router = useRouter()
  const own = useLocalStorage<OrderColumn[]>('gobox.orders.columns', DEFAULT)
  const asked = computed(() => {
    const { columns } = router.currentRoute.value.query
    return typeof columns === 'string' ? ORDER_COLUMNS.filter((name) => columns.split(',').includes(name)) : undefined
  })
  const shown = computed({
    get: () => asked.value ?? own.value,
    set(columns: OrderColumn[]) {
      if (!asked.value) return void (own.value = columns)
      const { path, query } = router.currentRoute.value
      void router.replace({ path, query: { ...query, columns: columns.join(',') } })
    },
  })
  return { shown, density: useLocalStorage<'comfortable' | 'compact'>('gobox.orders.density', 'comfortable') }
})
