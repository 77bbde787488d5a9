import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { commandLine } from '../../commands.ts'
import { WrongSetting } from '../../config.ts'

/** Everything that goBox itself puts into its data folder and into its backups. */
const OWN_FILE =
  /^(?:gobox\.(?:db|db\.restor(?:ing|ed)|lock|backup\.lock)|gobox\.part|(?:gobox|replaced)-[\d-]+T[\d-]+\.db)(?:-wal|-shm|-journal)?$|^(?:secret\.key(?:\.new)?|(?:backups|restored)\.json(?:\.part)?)$/
const OWN_FOLDERS = ['backups', 'drill']
/** What lies in a folder that is as good as empty: hidden files, what a file system brings, the owner's settings. */
const HARMLESS = /^(?:\..*|lost\+found|gobox\.env)$/

/** Whether goBox has ever kept its data here: a database that has been lost leaves its key or its backups behind. */
function hasTraces(folder: string): boolean {
  const backups = join(folder, 'backups')
  return existsSync(join(folder, 'secret.key')) || (existsSync(backups) && readdirSync(backups).some(isOwnBackup))
}

const isOwnBackup = (name: string) => /^gobox-.*\.db$/.test(name) && OWN_FILE.test(name)

function refuseForeign(folder: string) {
  if (['gobox.db', 'gobox.lock'].some((name) => existsSync(join(folder, name)))) return
  const foreign = readdirSync(folder).find(
    (name) => !OWN_FILE.test(name) && !OWN_FOLDERS.includes(name) && !HARMLESS.test(name),
  )
  if (foreign !== undefined)
    throw new WrongSetting(
      `${folder} 里有别的文件（例如 ${foreign}），请把 NUXT_DATA_DIR 设为空目录或 goBox 自己的目录`,
    )
}

/**
 * Makes the data folder if need be, for its owner alone (0700), and returns its absolute path. Throws WrongSetting,
 * also for a folder with files of others, which is left as it is.
 */
export function prepareDataFolder(folder: string): string {
  const path = resolve(folder)
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    refuseForeign(path)
    chmodSync(path, 0o700)
  } catch (cause) {
    if (cause instanceof WrongSetting) throw cause
    throw new WrongSetting(`数据目录 ${path} 不能建立或不属于当前用户，请检查 NUXT_DATA_DIR 和权限`, { cause })
  }
  return path
}

/** Throws WrongSetting where a new database would silently take the place of one that has been lost. */
export function refuseLostDatabase(folder: string) {
  const size = statSync(join(folder, 'gobox.db'), { throwIfNoEntry: false })?.size ?? 0
  if (size === 0 && hasTraces(folder))
    throw new WrongSetting(
      `${folder} 里的数据库 gobox.db 不见了：请用 ${commandLine('restore', '备份文件')} 恢复；确实要从头开始，请先移走 secret.key 和 backups`,
    )
}

/** Takes goBox's own files in a folder from everybody but their owner (0600), also those that were copied into it. */
function tightenFiles(folder: string) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (OWN_FILE.test(name) && lstatSync(path).isFile()) chmodSync(path, 0o600)
  }
}

/** Takes what is goBox's own in the data folder from everybody but its owner. Nothing else is touched. */
export function tightenModes(folder: string) {
  tightenFiles(folder)
  for (const name of OWN_FOLDERS) {
    const path = join(folder, name)
    if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) continue
    chmodSync(path, 0o700)
    tightenFiles(path)
  }
}

/**
 * Takes a lock until the process ends, however it ends: it is SQLite's own on a file, which the system drops then.
 * Throws WrongSetting, with `taken` while another process has it.
 */
function lockFile(path: string, taken: string): Database.Database {
  const lock = new Database(path, { timeout: 0 })
  try {
    chmodSync(path, 0o600)
    // Without a journal on the disk, which may have no room for one.
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock.close()
    const { code } = cause as { code?: string }
    throw new WrongSetting(
      code === 'SQLITE_BUSY' ? taken : `${path} 打不开（${code}），请检查数据目录的磁盘空间和权限`,
      { cause },
    )
  }
}

/** Takes the folder for this process until it ends. Throws WrongSetting while another process has it. */
export function lockDataFolder(folder: string): Database.Database {
  const taken = `数据目录 ${folder} 正被另一个 goBox 进程使用，请先停掉它，或换一个 NUXT_DATA_DIR`
  return lockFile(join(folder, 'gobox.lock'), taken)
}

/**
 * Keeps others from making a backup, or from restoring one, meanwhile. Throws WrongSetting while somebody else does.
 */
export function lockBackups(folder: string): Database.Database {
  return lockFile(join(folder, 'gobox.backup.lock'), '另一个备份正在进行，请等它结束后再试')
}
