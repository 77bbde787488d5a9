import Database from 'better-sqlite3'
import type { MigrationMeta } from 'drizzle-orm/migrator'
import { describe, expect, it, vi } from 'vitest'
import { readMigrations } from '#drizzle/migrations'
import { migrateDatabase } from '#server/storage/sqlite/migrate'

const migration = (folderMillis: number, ...sql: string[]): MigrationMeta => ({
  folderMillis,
  sql,
  hash: String(folderMillis),
  bps: true,
})
const first = migration(
  1000,
  'CREATE TABLE parents (id INTEGER PRIMARY KEY)',
  'CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents ON DELETE CASCADE)',
)
const tables = (sqlite: Database.Database) =>
  sqlite
    .prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    .pluck()
    .all()

describe('migrateDatabase', () => {
  it("makes a new database with the app's own migrations, and needs no backup for it", () => {
    const sqlite = new Database(':memory:')
    const backup = vi.fn()
    migrateDatabase(sqlite, readMigrations('sqlite'), backup)
    expect(tables(sqlite)).toEqual(
      expect.arrayContaining(['devices', 'order_events', 'orders', 'sessions', 'set_of_books']),
    )
    expect(backup).not.toHaveBeenCalled()
    expect(sqlite.pragma('foreign_keys', { simple: true })).toBe(1)
  })

  it('leaves a database that is up to date alone', () => {
    const sqlite = new Database(':memory:')
    const backup = vi.fn()
    migrateDatabase(sqlite, [first], backup)
    migrateDatabase(sqlite, [first], backup)
    expect(backup).not.toHaveBeenCalled()
  })

  it('backs an older database up before it changes it', () => {
    const sqlite = new Database(':memory:')
    migrateDatabase(sqlite, [first], () => undefined)
    const backup = vi.fn(() => expect(tables(sqlite)).toEqual(['children', 'parents']))
    migrateDatabase(sqlite, [first, migration(2000, 'CREATE TABLE more (id INTEGER)')], backup)
    expect(backup).toHaveBeenCalledOnce()
    expect(tables(sqlite)).toEqual(['children', 'more', 'parents'])
  })

  it('keeps the rows that point to a table which is rebuilt', () => {
    const sqlite = new Database(':memory:')
    migrateDatabase(sqlite, [first], () => undefined)
    sqlite.exec('INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1, 1)')
    const rebuild = migration(
      2000,
      'CREATE TABLE new_parents (id INTEGER PRIMARY KEY, name TEXT)',
      'INSERT INTO new_parents SELECT id, NULL FROM parents',
      'DROP TABLE parents',
      'ALTER TABLE new_parents RENAME TO parents',
    )
    migrateDatabase(sqlite, [first, rebuild], () => undefined)
    expect(sqlite.prepare('SELECT * FROM children').all()).toEqual([{ id: 1, parent: 1 }])
  })

  it('refuses a database of a newer version and leaves it alone', () => {
    const sqlite = new Database(':memory:')
    migrateDatabase(sqlite, [first, migration(2000, 'CREATE TABLE more (id INTEGER)')], () => undefined)
    expect(() => migrateDatabase(sqlite, [first], () => undefined)).toThrow(/更新版本/)
    expect(tables(sqlite)).toEqual(['children', 'more', 'parents'])
  })

  it('changes nothing when a migration fails, or no backup can be made', () => {
    const sqlite = new Database(':memory:')
    migrateDatabase(sqlite, [first], () => undefined)
    const second = migration(2000, 'CREATE TABLE more (id INTEGER)', 'INSERT INTO nowhere VALUES (1)')
    expect(() => migrateDatabase(sqlite, [first, second], () => undefined)).toThrow()
    expect(() =>
      migrateDatabase(sqlite, [first, migration(2000, 'CREATE TABLE more (id INTEGER)')], () => {
        throw new Error('disk full')
      }),
    ).toThrow('disk full')
    expect(tables(sqlite)).toEqual(['children', 'parents'])
    expect(sqlite.pragma('foreign_keys', { simple: true })).toBe(1)
  })
})

describe('the migration that gives each document to one order', () => {
  /** Orders of two account sets of one C8 and of one of another, as the release before it left them. */
  function released() {
    const sqlite = new Database(':memory:')
    migrateDatabase(sqlite, readMigrations('sqlite').slice(0, 2), () => undefined)
    const set = sqlite.prepare(
      "INSERT INTO set_of_books (id, set_of_book, c8_origin, token_sealed, token_hash) VALUES (?, ?, ?, '', ?)",
    )
    for (const [id, origin] of [
      [1, 'https://c8'],
      [2, 'https://c8'],
      [3, 'https://other'],
    ] as const)
      set.run(id, `A${id}`, origin, `h${id}`)
    const order = sqlite.prepare(`INSERT INTO orders
      (id, set_of_book_id, trans_id, status, e_id, dev_id, create_time, update_time, total_amount, products, created_at,
        created_user, import_state, imported_at, retail_id)
      VALUES (?, ?, 'T' || ?, 100, 'E', 1, 0, 0, 100, '[]', 0, 'goBox', 'imported', ?, ?)`)
    return {
      sqlite,
      add: (id: number, set: number, at: number, retailId: string | null) => order.run(id, set, id, at, retailId),
    }
  }

  it('leaves those that share one startable: the first to be imported holds it, the others keep what they say', () => {
    const { sqlite, add } = released()
    add(1, 1, 300, '7')
    add(2, 1, 100, '7')
    add(3, 2, 200, '"7"')
    add(4, 3, 400, '7')
    add(5, 1, 500, '"LS\\u00e9-\\"1\\""')
    add(6, 1, 600, '636507967185264641636507')
    add(7, 1, 700, null)
    const before = sqlite.prepare('SELECT * FROM orders').all()
    migrateDatabase(sqlite, readMigrations('sqlite'), () => undefined)
    expect(sqlite.prepare('SELECT * FROM retail_documents ORDER BY order_id').raw().all()).toEqual([
      ['https://c8', '7', 2],
      ['https://other', '7', 4],
      ['https://c8', 'LSé-"1"', 5],
      ['https://c8', '636507967185264641636507', 6],
    ])
    expect(sqlite.prepare('SELECT * FROM orders').all()).toMatchObject(before)
  })
})
