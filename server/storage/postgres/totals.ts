import { createHash } from 'node:crypto'
import { DAY_OFFSET } from '#drizzle/totals'
import { PAID } from '#shared/order-status'
import { DAY } from '#shared/time'
import type { Runner } from './session.ts'

/*
 * The totals of drizzle/totals.ts. Writers only append what a statement changes (`*_deltas`): adding to a shared row
 * would make all that come at the same time wait for each other. A duty rolls the deltas up (`*_rolled`); the views
 * that carry the totals' names show both, unsummed, so that a question is summed up once and can use the indexes. Which
 * orders are counted cannot be told by their ids, as those commit out of order: goods, too, are counted through deltas,
 * which hold the lines as they came, read when they are rolled up.
 */

const day = `(create_time + ${DAY_OFFSET}) / ${DAY}`

const DAY_KEYS = 'set_of_book_id, day, status, import_state'
const CABINET_KEYS = 'set_of_book_id, day, dev_id, status, import_state'
const GOODS_KEYS = 'set_of_book_id, day, barcode'
const GOODS_SUMS = ['lines', 'quantity', 'amount', 'cost', 'uncosted']

/** Rows come and go all the time: dead ones are cleared away before there are many. */
const BUSY = 'WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)'

const TABLES = `
DROP TABLE IF EXISTS day_rolled, cabinet_rolled, goods_rolled, order_deltas, goods_deltas CASCADE;
CREATE TABLE day_rolled (set_of_book_id bigint, day integer, status integer, import_state text,
  orders bigint NOT NULL, amount bigint NOT NULL, PRIMARY KEY (${DAY_KEYS}));
CREATE TABLE cabinet_rolled (set_of_book_id bigint, day integer, dev_id bigint, status integer, import_state text,
  orders bigint NOT NULL, amount bigint NOT NULL, PRIMARY KEY (${CABINET_KEYS}));
CREATE TABLE goods_rolled (set_of_book_id bigint, day integer, barcode text, name text NOT NULL, lines bigint NOT NULL,
  quantity double precision NOT NULL, amount bigint NOT NULL, cost bigint NOT NULL, uncosted bigint NOT NULL,
  PRIMARY KEY (${GOODS_KEYS}));
CREATE INDEX day_rolled_empty ON day_rolled (day) WHERE orders = 0;
CREATE INDEX cabinet_rolled_empty ON cabinet_rolled (day) WHERE orders = 0;
CREATE INDEX goods_rolled_empty ON goods_rolled (day) WHERE lines = 0;
CREATE TABLE order_deltas (set_of_book_id bigint, day integer, dev_id bigint, status integer, import_state text,
  orders bigint, amount bigint) ${BUSY};
CREATE TABLE goods_deltas (set_of_book_id bigint, day integer, orders bigint, products json) ${BUSY};`

/** The lines of the orders in `from`, each of which is counted `orders` times, summed up by product. */
const goodsOf = (from: string) => `
  SELECT ${GOODS_KEYS}, max(name) AS name, sum(orders)::bigint AS lines, sum(orders * num) AS quantity,
    sum(orders * amount)::bigint AS amount, sum(orders * coalesce(cost, 0))::bigint AS cost,
    sum(CASE WHEN cost IS NULL THEN orders * amount ELSE 0 END)::bigint AS uncosted
  FROM ${from},
    json_to_recordset(products) AS line (barcode text, name text, num double precision, amount bigint, cost bigint)
  GROUP BY ${GOODS_KEYS}`

const view = (name: string, keys: string) => `
CREATE VIEW ${name}_totals AS
  SELECT ${keys}, orders, amount FROM ${name}_rolled UNION ALL SELECT ${keys}, orders, amount FROM order_deltas;`

const VIEWS = `
${view('day', DAY_KEYS)}
${view('cabinet', CABINET_KEYS)}
CREATE VIEW goods_totals AS
  SELECT ${GOODS_KEYS}, name, ${GOODS_SUMS.join()} FROM goods_rolled UNION ALL ${goodsOf('goods_deltas')};`

type Rows = [table: string, sign: 1 | -1]

const all = (parts: Rows[], columns: string, condition = '') =>
  parts.map(([rows, sign]) => `SELECT ${columns}, ${sign} AS sign FROM ${rows} ${condition}`).join(' UNION ALL ')

/** What a statement adds to the totals, and takes from them: nothing, where it changes nothing that they count. */
const change = (...parts: Rows[]) => `
  INSERT INTO order_deltas SELECT ${CABINET_KEYS}, sum(sign), sum(sign * total_amount)
  FROM (${all(parts, `set_of_book_id, ${day} AS day, dev_id, status, import_state, total_amount`)}) AS parts
  GROUP BY ${CABINET_KEYS} HAVING sum(sign) <> 0 OR sum(sign * total_amount) <> 0;
  INSERT INTO goods_deltas SELECT set_of_book_id, day, sum(sign), lines::json
  FROM (${all(parts, `set_of_book_id, ${day} AS day, products::text AS lines`, `WHERE status = ${PAID}`)}) AS parts
  GROUP BY set_of_book_id, day, lines HAVING sum(sign) <> 0;`

const ACTIONS = {
  insert: change(['added', 1]),
  delete: change(['removed', -1]),
  update: change(['removed', -1], ['added', 1]),
}

const REFERENCES: Record<keyof typeof ACTIONS, string> = {
  insert: 'NEW TABLE AS added',
  delete: 'OLD TABLE AS removed',
  update: 'OLD TABLE AS removed NEW TABLE AS added',
}

const TRIGGERS = (Object.keys(ACTIONS) as (keyof typeof ACTIONS)[])
  .map(
    (action) => `
CREATE OR REPLACE FUNCTION order_totals_${action}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN ${ACTIONS[action]} RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER order_totals_${action} AFTER ${action.toUpperCase()} ON orders
  REFERENCING ${REFERENCES[action]} FOR EACH STATEMENT EXECUTE FUNCTION order_totals_${action}();`,
  )
  .join('')

/** From the orders themselves. */
const FILL = `
INSERT INTO day_rolled SELECT set_of_book_id, ${day}, status, import_state, count(*), sum(total_amount)
  FROM orders GROUP BY 1, 2, 3, 4;
INSERT INTO cabinet_rolled SELECT set_of_book_id, ${day}, dev_id, status, import_state, count(*), sum(total_amount)
  FROM orders GROUP BY 1, 2, 3, 4, 5;
INSERT INTO goods_rolled ${goodsOf(
  `(SELECT set_of_book_id, ${day} AS day, 1 AS orders, products FROM orders WHERE status = ${PAID}) AS sold`,
)};`

const DEFINITION = createHash('sha256')
  .update(TABLES + VIEWS + TRIGGERS)
  .digest('hex')

/**
 * Sees to it that the totals are there, made by this definition. Runs inside the transaction that migrates: no order
 * can be written meanwhile.
 */
export async function ensureOrderTotals(transaction: Runner) {
  const { rows } = await transaction.query(`SELECT obj_description(to_regclass('order_deltas'), 'pg_class') AS made_by`)
  if ((rows[0] as { made_by: string | null }).made_by === DEFINITION) return
  await makeOrderTotals(transaction)
}

/** Rebuilds the totals from the orders. */
export async function makeOrderTotals(transaction: Runner) {
  await transaction.query('LOCK TABLE orders IN SHARE ROW EXCLUSIVE MODE')
  await transaction.query(`${TABLES}${VIEWS}${FILL}${TRIGGERS} COMMENT ON TABLE order_deltas IS '${DEFINITION}'`)
}

/** So many deltas are rolled up at once: some milliseconds. */
const SLICE = 5000

const take = (table: string) => `taken AS (
  DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} LIMIT ${SLICE} FOR UPDATE SKIP LOCKED))
  RETURNING *)`

const addTo = (table: string, keys: string, columns: string[], select: string) => `
  INSERT INTO ${table} AS total ${select} ORDER BY ${keys}
  ON CONFLICT (${keys}) DO UPDATE SET ${columns.map((column) => `${column} = total.${column} + excluded.${column}`).join()}`

const SUMS = 'sum(orders)::bigint, sum(amount)::bigint FROM taken'
const ROLL_UP_ORDERS = `WITH ${take('order_deltas')},
  days AS (${addTo('day_rolled', DAY_KEYS, ['orders', 'amount'], `SELECT ${DAY_KEYS}, ${SUMS} GROUP BY ${DAY_KEYS}`)}),
  cabinets AS (${addTo('cabinet_rolled', CABINET_KEYS, ['orders', 'amount'], `SELECT ${CABINET_KEYS}, ${SUMS} GROUP BY ${CABINET_KEYS}`)})
  SELECT count(*) AS taken FROM taken`

const ROLL_UP_GOODS = `WITH ${take('goods_deltas')},
  goods AS (${addTo('goods_rolled', GOODS_KEYS, GOODS_SUMS, goodsOf('taken'))})
  SELECT count(*) AS taken FROM taken`

const REMOVE_EMPTY = `DELETE FROM day_rolled WHERE orders = 0; DELETE FROM cabinet_rolled WHERE orders = 0;
  DELETE FROM goods_rolled WHERE lines = 0`

/**
 * Rolls a slice of the deltas up, of which each reader sees either the deltas or their sum. Returns whether there may
 * be more.
 */
export async function rollUp(transaction: Runner): Promise<boolean> {
  let isMore = false
  await transaction.query(REMOVE_EMPTY)
  for (const statement of [ROLL_UP_ORDERS, ROLL_UP_GOODS]) {
    const { rows } = await transaction.query(statement)
    isMore ||= (rows[0] as { taken: number }).taken === SLICE
  }
  return isMore
}
