import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { PostgresQueries } from './postgres-queries.ts'

/** Every file in a folder and in those below it. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** The engine under test: TEST_ENGINE=postgres, else SQLite. */
export const engine = process.env.TEST_ENGINE === 'postgres' ? 'postgres' : 'sqlite'

/** A statement that is SQL on both engines, with `?` where its values go. */
type Values = readonly unknown[]

/** The database of an app under test, looked at and changed beside it. JSON comes as text, a boolean as 0 or 1. */
export interface TestDatabase {
  /** With which the app opens it. */
  readonly settings: Record<string, string>
  rows: <Row>(sql: string, values?: Values) => Row[]
  change: (sql: string, values?: Values) => void
  refuseRows: (table: string, condition: string) => () => void
  stored: () => [name: string, content: Buffer | string][]
  remove: () => void
}

/** SQLite in a data folder. */
function inFolder(folder: string): TestDatabase {
  function use<T>(run: (database: Database.Database) => T, options: Database.Options): T {
    const database = new Database(join(folder, 'gobox.db'), options)
    try {
      return run(database)
    } finally {
      database.close()
    }
  }
  const change = (sql: string, values: Values = []) =>
    void use((database) => database.prepare(sql).run(...values), { timeout: 5000 })
  return {
    settings: { NUXT_DATA_DIR: folder },
    rows: <Row>(sql: string, values: Values = []) =>
      use((database) => database.prepare(sql).all(...values) as Row[], { readonly: true }),
    change,
    refuseRows: (table, condition) => {
      change(`CREATE TRIGGER refuse_rows BEFORE INSERT ON ${table} WHEN ${condition}
        BEGIN SELECT RAISE(ABORT, 'no entry'); END`)
      return () => change('DROP TRIGGER refuse_rows')
    },
    stored: () => filesIn(folder).map((file) => [file.slice(folder.length + 1), readFileSync(file)]),
    remove: () => {},
  }
}

/** A database of its own on the server of TEST_DATABASE_URL. */
function onServer(): TestDatabase {
  const server = new URL(process.env.TEST_DATABASE_URL!)
  const name = `test_${randomBytes(6).toString('hex')}`
  const url = new URL(`/${name}`, server).href
  const queries = new PostgresQueries()
  queries.run(server.href, `CREATE DATABASE ${name}`, [])
  const rows = <Row>(sql: string, values: Values = []) => queries.run(url, sql, values) as Row[]
  const change = (sql: string, values: Values = []) => void queries.run(url, sql, values)
  return {
    settings: { NUXT_DATABASE_URL: url, NUXT_SECRET_KEY: randomBytes(32).toString('base64') },
    rows,
    change,
    refuseRows: (table, condition) => {
      change(`CREATE FUNCTION refuse_rows() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no entry'; END $$`)
      change(`CREATE TRIGGER refuse_rows BEFORE INSERT ON ${table} FOR EACH ROW WHEN (${condition})
        EXECUTE FUNCTION refuse_rows()`)
      return () => change('DROP FUNCTION refuse_rows CASCADE')
    },
    stored: () =>
      rows<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'").map(({ name }) => [
        name,
        JSON.stringify(rows(`SELECT * FROM ${name}`)),
      ]),
    remove: () => {
      queries.run(server.href, `DROP DATABASE ${name} WITH (FORCE)`, [])
      queries.close()
    },
  }
}

/** An empty database of the engine under test. `folder` is the app's own. */
export function makeDatabase(folder: string): TestDatabase {
  return engine === 'postgres' ? onServer() : inFolder(folder)
}
