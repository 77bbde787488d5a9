import { chmodSync, mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { WrongSetting } from '../utils/config.ts'

/** Makes the data folder if need be, for its owner alone (0700), and returns its absolute path. Throws WrongSetting. */
export function prepareDataFolder(folder: string): string {
  const path = resolve(folder)
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    chmodSync(path, 0o700)
  } catch (cause) {
    throw new WrongSetting(`数据目录 ${path} 不能建立或不属于当前用户，请检查 NUXT_DATA_DIR 和权限`, { cause })
  }
  return path
}

/** Takes everything in the data folder from everybody but its owner, also what was copied into it: files 0600, folders 0700. */
export function tightenModes(folder: string) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isSymbolicLink()) continue
    chmodSync(path, entry.isDirectory() ? 0o700 : 0o600)
    if (entry.isDirectory()) tightenModes(path)
  }
}

/**
 * Takes the folder for this process until it ends, however it ends: the lock is SQLite's own on a file beside the database,
 * which the system drops with the process. Throws WrongSetting while another process has it.
 */
export function lockDataFolder(folder: string): Database.Database {
  const path = join(folder, 'gobox.lock')
  const lock = new Database(path, { timeout: 0 })
  try {
    chmodSync(path, 0o600)
    lock.pragma('journal_mode = DELETE')
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock.close()
    throw new WrongSetting(`数据目录 ${folder} 正被另一个 goBox 进程使用，请先停掉它，或换一个 NUXT_DATA_DIR`, {
      cause,
    })
  }
}
