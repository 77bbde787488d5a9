const day = `(create_time + 28800000) / 86400000`

/** What PostgreSQL's totals must be, from the orders themselves. */
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
