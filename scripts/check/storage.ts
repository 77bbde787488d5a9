import { accessSync, constants, existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { inWords } from '#server/storage/sqlite/damage'
import { WrongSetting } from '#server/config'
import type { Finding } from './finding.ts'

/** Below this a night's backup may not fit any more. */
const LEAST_SPACE = 1024 ** 3

/** The folder itself, or the nearest one above it that exists: there it will be made. */
function existing(folder: string): string {
  let path = resolve(folder)
  while (!existsSync(path)) path = dirname(path)
  return path
}

/** Whether the data folder can be written and its disk has room. */
export async function checkDisk(dataDir: string): Promise<Finding> {
  const folder = existing(dataDir)
  const name = `数据目录 ${resolve(dataDir)}`
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    return { name, problem: `当前用户不能读写 ${folder}，请检查 NUXT_DATA_DIR 和权限` }
  }
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const gib = (free / 1024 ** 3).toFixed(1)
  if (free < LEAST_SPACE) return { name, problem: `磁盘只剩 ${gib} GiB，至少要留 1 GiB，请清理空间` }
  return { name: `${name}（剩 ${gib} GiB）`, problem: null }
}

/** Reads the whole database. Throws WrongSetting. */
function readDatabase(folder: string) {
  inWords(folder, () => {
    const sqlite = new Database(join(folder, 'gobox.db'), { readonly: true })
    try {
      const answer = sqlite.pragma('integrity_check', { simple: true })
      if (answer !== 'ok') throw Object.assign(new Error(String(answer)), { code: 'SQLITE_CORRUPT' })
    } finally {
      sqlite.close()
    }
  })
}

/** Whether the database, if there is one, is whole. It is only read. */
export function checkDatabase(dataDir: string): Finding {
  const folder = resolve(dataDir)
  if (!existsSync(join(folder, 'gobox.db'))) return { name: '数据库（第一次启动时建立）', problem: null }
  try {
    readDatabase(folder)
    return { name: '数据库', problem: null }
  } catch (error) {
    if (!(error instanceof WrongSetting)) throw error
    return { name: '数据库', problem: error.message }
  }
}

/** Whether the PostgreSQL server answers, takes writes and is new enough, and the key is set. */
export async function checkPostgres(url: string, key: string | undefined): Promise<Finding> {
  const { findServer } = await import('#server/storage/postgres/open')
  const { splitAddress } = await import('#server/storage/postgres/addresses')
  const { requireKey } = await import('#server/storage/postgres/key-check')
  try {
    requireKey(key)
    const { version } = await findServer(splitAddress(url))
    return { name: `数据库（PostgreSQL ${Math.floor(version / 10_000)}）`, problem: null }
  } catch (error) {
    if (!(error instanceof WrongSetting)) throw error
    return { name: '数据库', problem: error.message }
  }
}
