import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { commandLine } from '../../commands.ts'
import { WrongSetting } from '../../config.ts'
import { isDamaged } from '../failure.ts'
import { backupFolder, backupsAmong } from './backup-files.ts'

/** What to restore a damaged database with. */
function remedyFor(folder: string): string {
  const backups = backupFolder(folder)
  const [newest] = existsSync(backups) ? backupsAmong(readdirSync(backups)) : []
  return commandLine('restore', newest ? join(backups, newest.name) : '备份文件')
}

/** Runs what opens the data folder's database; SQLite's errors become one sentence for the owner (WrongSetting). */
export function inWords<T>(folder: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    const { code } = cause as { code?: unknown }
    if (typeof code !== 'string' || !code.startsWith('SQLITE_')) throw cause
    const path = join(folder, 'gobox.db')
    throw isDamaged(cause)
      ? new WrongSetting(`数据库 ${path} 已损坏，请停掉 goBox，用备份恢复：${remedyFor(folder)}`, { cause })
      : new WrongSetting(`数据库 ${basename(path)} 打不开（${code}），请检查 ${folder} 的磁盘空间和权限`, { cause })
  }
}
