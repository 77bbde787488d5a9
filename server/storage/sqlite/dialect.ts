import { sql } from 'drizzle-orm'
import type { Dialect } from '../engine.ts'

/** SQLite's spelling. `casefold` is ours (connection.ts): SQLite's own lower() knows ASCII only. */
export const dialect: Dialect = {
  contains: (text, part) => sql`instr(casefold(${text}), casefold(${part})) > 0`,
  containsAscii: (text, part) => sql`${text} like ${`%${part.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`,
  isAmong: (column, values) => sql`${column} in (select value from json_each(${JSON.stringify(values)}))`,
  isBetweenDays: (day, first, last) =>
    sql`${day} in (with recursive days(day) as (select ${first} union all select day + 1 from days where day < ${last}) select day from days)`,
  unindexed: (column) => sql`+${column}`,
  // Most orders are told apart by their text, without reading it as JSON.
  hasBarcode: (products, barcode) =>
    sql`(instr(${products}, ${JSON.stringify(barcode)}) > 0 and exists (select 1 from json_each(${products}) where value ->> 'barcode' = ${barcode}))`,
  orderLines: (products) => ({
    from: sql`jsonb_each(${products})`,
    barcode: sql`value ->> 'barcode'`,
    name: sql`value ->> 'name'`,
    num: sql`value ->> 'num'`,
    amount: sql`value ->> 'amount'`,
    cost: sql`value ->> 'cost'`,
  }),
}
