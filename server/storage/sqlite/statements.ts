import type Database from 'better-sqlite3'
import { LRUCache } from 'lru-cache'

/** Statements are as many as the repositories have queries, and a few more for each combination of a filter. */
const MAX_KEPT = 500
/** Characters of all texts together: an insert of many rows has tens of thousands. */
const MAX_TEXT = 500_000

/** How drizzle's proxy asks for the answer of a statement. */
export type Method = 'run' | 'all' | 'values' | 'get'

/** Runs SQL on the one connection; each text is compiled once. */
export class Statements {
  readonly #kept = new LRUCache<string, Database.Statement<unknown[], unknown[]>>({
    max: MAX_KEPT,
    maxSize: MAX_TEXT,
    sizeCalculation: (_, sql) => sql.length,
  })
  readonly #sqlite: Database.Database

  constructor(sqlite: Database.Database) {
    this.#sqlite = sqlite
  }

  #prepare(sql: string) {
    let statement = this.#kept.get(sql)
    if (!statement) {
      statement = this.#sqlite.prepare<unknown[], unknown[]>(sql)
      if (statement.reader) statement.raw()
      this.#kept.set(sql, statement)
    }
    return statement
  }

  /** The rows as arrays of values; of `get` the first one, `undefined` if there is none. */
  execute(sql: string, params: unknown[], method: Method): { rows: unknown[] } {
    const statement = this.#prepare(sql)
    if (method === 'run') statement.run(...params)
    else if (method === 'get') return { rows: statement.get(...params) as unknown[] }
    else return { rows: statement.all(...params) }
    return { rows: [] }
  }

  /** Forgets the compiled statements, so that each is compiled once more. */
  clear() {
    this.#kept.clear()
  }
}
