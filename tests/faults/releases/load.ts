import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'

const FOREVER = 4_000_000_000_000

/** What each release that there has been wrote, as SQL: two orders are imported, one failed, one is idle. */
export const RELEASES = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.sql'))
  .map((name) => name.slice(0, -'.sql'.length))

/** What opens their secrets, and a session and the local token of their one account set. */
export const RELEASE_KEY = Buffer.alloc(32, 7).toString('base64')
export const RELEASE_SESSION = '45a9762e8d87409eb132d31a5db4bb799c5e99966ada003079315c5eb067ada4'
export const RELEASE_LOCAL_TOKEN = '20871c1a7e10ecfda4935dd5b7cae5887de3298740ada6994b8234ac27e6a055'

/** Puts a release's database into a data folder, with a session that has not ended yet. */
export function loadRelease(version: string, folder: string) {
  mkdirSync(folder, { recursive: true })
  const database = new Database(join(folder, 'gobox.db'))
  database.exec(readFileSync(join(import.meta.dirname, `${version}.sql`), 'utf8'))
  database.prepare('UPDATE sessions SET expires_at = ?').run(FOREVER)
  database.close()
}
