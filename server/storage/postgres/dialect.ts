import { sql, type Column, type SQL } from 'drizzle-orm'
import type { Dialect } from '../engine.ts'

/** Whatever the cluster's locale: C, for one, knows the case of ASCII letters only. */
const lower = (text: Column | SQL) => sql`lower((${text}) collate "und-x-icu")`

const lowerAscii = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

/** One parameter, not one for each value. */
const array = (values: readonly (number | string)[]) => sql.param(values)

const lines = (products: Column) =>
  sql`json_to_recordset(${products}) as line (barcode text, name text, num double precision, amount bigint, cost bigint)`

export const dialect: Dialect = {
  contains: (text, part) => sql`strpos(${lower(text)}, ${lower(sql`${part}::text`)}) > 0`,
  containsAscii: (text, part) => sql`strpos(lower((${text}) collate "C"), ${lowerAscii(part)}) > 0`,
  isAmong: (column, values) => sql`${column} = any(${array(values)})`,
  // As an array, not as a list of rows to join, so that each day is looked up in the key.
  isBetweenDays: (day, first, last) => sql`${day} = any(array(select generate_series(${first}::int, ${last}::int)))`,
  // The planner knows how many rows there are of each value.
  unindexed: (column) => sql`${column}`,
  hasBarcode: (products, barcode) =>
    // Most orders are told apart by their text, without reading it as JSON.
    sql`(strpos(${products}::text, ${JSON.stringify(barcode)}) > 0
      and exists (select from ${lines(products)} where line.barcode = ${barcode}))`,
  orderLines: (products) => ({
    from: lines(products),
    barcode: sql<string>`line.barcode`,
    name: sql<string>`line.name`,
    num: sql<number>`line.num`,
    amount: sql<number>`line.amount`,
    cost: sql<number | null>`line.cost`,
  }),
}
