const day = `(create_time + 28800000) / 86400000`

const sums = (view: string, keys: string, columns: string, orders: string) => `
  SELECT ${keys}, ${columns} FROM ${view} GROUP BY ${keys} HAVING sum(${orders}) <> 0`

/** PostgreSQL's totals as they are summed up by key. */
export const TOTALS = {
  day_totals: sums(
    'day_totals',
    'set_of_book_id, day, status, import_state',
    'sum(orders)::int AS orders, sum(amount) AS amount',
    'orders',
  ),
  cabinet_totals: sums(
    'cabinet_totals',
    'set_of_book_id, day, dev_id, status, import_state',
    'sum(orders)::int AS orders, sum(amount) AS amount',
    'orders',
  ),
  goods_totals: sums(
    'goods_totals',
    'set_of_book_id, day, barcode',
    `max(name) AS name, sum(lines)::int AS lines, sum(quantity) AS quantity, sum(amount) AS amount, sum(cost) AS cost,
    sum(uncosted) AS uncosted`,
    'lines',
  ),
}

/** What they must be, from the orders themselves. */
export const RECOUNTS = {
  day_totals: `SELECT set_of_book_id, ${day} AS day, status, import_state, count(*)::int AS orders, sum(total_amount) AS amount
    FROM orders GROUP BY 1, 2, 3, 4`,
  cabinet_totals: `SELECT set_of_book_id, ${day} AS day, dev_id, status, import_state, count(*)::int AS orders, sum(total_amount) AS amount
    FROM orders GROUP BY 1, 2, 3, 4, 5`,
  goods_totals: `SELECT set_of_book_id, ${day} AS day, l.barcode, max(l.name) AS name, count(*)::int AS lines, sum(num) AS quantity,
      sum(amount) AS amount, sum(coalesce(cost, 0)) AS cost, sum(CASE WHEN cost IS NULL THEN amount ELSE 0 END) AS uncosted
    FROM orders, json_to_recordset(products) AS l (barcode text, name text, num float8, amount bigint, cost bigint)
    WHERE status = 100 GROUP BY 1, 2, 3`,
}
