import * as postgres from './postgres.ts'
import * as sqlite from './sqlite.ts'

/**
 * The columns of the configured engine. Types are SQLite's: those that a select gives and an insert takes are the same
 * on both, which tests/unit/drizzle/columns.test.ts proves. Both files are loaded: that costs some 0.3 MiB, where
 * waiting for one of them would make every module that names a table wait.
 *
 * In all tables times are milliseconds since the epoch (UTC) and amounts integer fen; columns named `*_sealed` hold
 * what server/storage/seal.ts has encrypted.
 */
const kit = process.env.NUXT_DATABASE_URL?.trim() ? (postgres as unknown as typeof sqlite) : sqlite

export const { table, id, key, integer, bigint, text, json, boolean, real, c8Id, index, uniqueIndex, primaryKey } = kit
