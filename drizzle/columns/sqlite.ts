import type { NotNull } from 'drizzle-orm'
import {
  customType,
  integer as sqliteInteger,
  sqliteTable,
  text as sqliteText,
  type SQLiteIntegerBuilderInitial,
} from 'drizzle-orm/sqlite-core'
import { c8IdFromText, c8IdToText, type C8Id } from '#shared/c8-id'

/* The columns of SQLite. drizzle/columns/postgres.ts has the same names with the same types for select and insert. */

export { index, primaryKey, uniqueIndex } from 'drizzle-orm/sqlite-core'

export const table = sqliteTable

/** A row's own number, counted up and never used again. */
export const id = () => sqliteInteger().primaryKey({ autoIncrement: true })

/** A primary key that a row brings along: one row for each of another table. */
export const key = (name = '') =>
  sqliteInteger(name).primaryKey() as unknown as NotNull<SQLiteIntegerBuilderInitial<string>>

/** A whole number of at most 31 bits. */
export const integer = (name = '') => sqliteInteger(name)

/** A whole number of at most 53 bits: an id, fen, milliseconds since the epoch (UTC). */
export const bigint = integer

export { real, text } from 'drizzle-orm/sqlite-core'

export const boolean = (name = '') => sqliteInteger(name, { mode: 'boolean' })

/** A value as JSON text: its keys come back in the order in which they were written. */
export const json = (name = '') => sqliteText(name, { mode: 'json' })

/** C8's id as JSON, so that a number stays a number of all its digits and text stays text. */
export const c8Id = customType<{ data: C8Id; driverData: string }>({
  dataType: () => 'text',
  toDriver: c8IdToText,
  fromDriver: c8IdFromText,
})
