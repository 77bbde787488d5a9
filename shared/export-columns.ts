/** The columns of exported orders, as they stand. */
export const EXPORT_COLUMNS = [
  'trans_id',
  'create_time',
  'status',
  'dev_id',
  'device_name',
  'barcode',
  'product',
  'num',
  'amount',
  'cost',
  'total_amount',
  'update_time',
  'e_id',
  'created_at',
  'created_user',
  'import_state',
  'retail_id',
  'retail_code',
  'imported_at',
  'imported_user',
  'import_error',
] as const

export type ExportColumn = (typeof EXPORT_COLUMNS)[number]
