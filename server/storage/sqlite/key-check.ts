import type Database from 'better-sqlite3'
import type { KeyCheck } from '../key-check.ts'

/** Where the database keeps what only its key opens. */
export function keyCheckOf(sqlite: Database.Database): KeyCheck {
  return {
    read: () => sqlite.prepare<[], string>('SELECT check_sealed FROM key_checks').pluck().get(),
    save: (sealed) => sqlite.prepare('INSERT INTO key_checks (id, check_sealed) VALUES (1, ?)').run(sealed),
  }
}
