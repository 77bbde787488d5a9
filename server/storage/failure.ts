/**
 * Codes for storage that does not take a write now: SQLite's, full, read-only, locked, failing, and PostgreSQL away.
 */
const FAILURE = /^(?:SQLITE_(?:FULL|READONLY|BUSY|LOCKED|IOERR|CANTOPEN|CORRUPT|NOTADB|PERM)|database_unavailable$)/
const SQLITE_DAMAGE = /^SQLITE_(?:CORRUPT|NOTADB)/

/** Whether an error, or what it comes from, has a code of this form. */
function hasCode(error: unknown, form: RegExp): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string' && form.test(code)) return true
  }
  return false
}

/** Whether an error, or what it comes from, says that the storage cannot be used now. */
export function isStorageFailure(error: unknown): boolean {
  return hasCode(error, FAILURE)
}

/** Whether an error, or what it comes from, says that the database is damaged. */
export function isDamaged(error: unknown): boolean {
  return hasCode(error, SQLITE_DAMAGE)
}
