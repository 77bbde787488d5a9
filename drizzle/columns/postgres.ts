import {
  bigint as pgBigint,
  boolean as pgBoolean,
  customType,
  doublePrecision,
  integer as pgInteger,
  json as pgJson,
  pgTable,
} from 'drizzle-orm/pg-core'
import { c8IdFromText, c8IdToText, type C8Id } from '#shared/c8-id'

/* The columns of PostgreSQL. What each is for stands in drizzle/columns/sqlite.ts. */

export { index, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'

export const table = pgTable

export const id = () => pgBigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity()

export const key = (name = '') => pgBigint(name, { mode: 'number' }).primaryKey()

export const integer = (name = '') => pgInteger(name)

export const bigint = (name = '') => pgBigint(name, { mode: 'number' })

export const real = (name = '') => doublePrecision(name)

export const boolean = (name = '') => pgBoolean(name)

/** Not jsonb, which puts the keys in an order of its own. */
export const json = (name = '') => pgJson(name)

export const c8Id = customType<{ data: C8Id; driverData: string }>({
  dataType: () => 'text',
  toDriver: c8IdToText,
  fromDriver: c8IdFromText,
})
