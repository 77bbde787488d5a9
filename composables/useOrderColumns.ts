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

/** How this browser's user wants the order table. */
export const useOrderColumns = createSharedComposable(() => ({
  shown: useLocalStorage<OrderColumn[]>('gobox.orders.columns', DEFAULT),
  density: useLocalStorage<'comfortable' | 'compact'>('gobox.orders.density', 'comfortable'),
}))
