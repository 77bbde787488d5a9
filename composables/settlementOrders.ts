/** The orders behind a figure of a day, of one cabinet or of all. */
export function settlementOrders(column: 'gobox' | 'stored' | 'c8' | 'refunds', date: string, devId?: number) {
  const of = {
    gobox: { status: 100 },
    stored: { status: 100 },
    c8: { is_imported: 1 },
    refunds: { refund: 1 },
  }[column]
  return {
    path: '/orders',
    query: { start_date: date, end_date: date, ...of, ...(devId === undefined ? {} : { dev_id: devId }) },
  }
}
