import { accessSync, constants, existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import Database from 'better-sqlite3'
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

/** Whether the database, if there is one, is whole. It is only read. */
export function checkDatabase(dataDir: string): Finding {
  const path = join(resolve(dataDir), 'gobox.db')
  if (!existsSync(path)) return { name: '数据库（第一次启动时建立）', problem: null }
  const problem = '数据库损坏，请从备份恢复：gobox restore 备份文件'
  try {
    const sqlite = new Database(path, { readonly: true })
    const answer = sqlite.pragma('integrity_check', { simple: true })
    sqlite.close()
    return { name: '数据库', problem: answer === 'ok' ? null : problem }
  } catch (error) {
    return { name: '数据库', problem: `${problem}（${(error as { code?: string }).code}）` }
  }
}
