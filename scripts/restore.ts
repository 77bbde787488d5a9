import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import process from 'node:process'
import { backupsAmong } from '#server/storage/sqlite/backup-files'
import { restore, type RestoredSet } from '#server/storage/sqlite/restore'
import { prepareDataFolder } from '#server/storage/sqlite/data-folder'
import { KEY_FILE, readKey, toKey, unseal } from '#server/storage/seal'
import { commandLine } from '#server/commands'
import { useConfig, WrongSetting } from '#server/config'
import { formatTime } from '#shared/time'
import { refuseOnPostgres } from './data-folder-only.ts'

/** So much of a token that its owner knows it again, and nobody else can use it. */
const shown = (token: string) => `${token.slice(0, 6)}…${token.slice(-4)}`

function tokenOf(folder: string, { name, tokenSealed }: RestoredSet): string {
  try {
    const { secretKey } = useConfig()
    const file = join(folder, KEY_FILE)
    if (!secretKey && !existsSync(file)) throw new WrongSetting('no key')
    return shown(unseal(tokenSealed, name, secretKey ? toKey(secretKey) : readKey(file)))
  } catch {
    return '（现在的密钥打不开：启动前请放回备份时的 secret.key，或设置 NUXT_SECRET_KEY）'
  }
}

function report(folder: string, file: string, now: number): string {
  const { aside, sets } = restore(folder, resolve(file), now)
  const [made] = backupsAmong([basename(file)])
  return [
    `已恢复 ${file}${made ? `（${formatTime(made.at, useConfig().zone)} 的备份）` : ''}。`,
    aside ? `原来的数据库在 ${aside}。` : '',
    '',
    '所有登录都已结束，请重新登录。自动下载和自动导入按备份时的设置继续。',
    '',
    '注意：现在有效的本地 Token 是备份里的这一个，备份以后换过的 Token 不再有效：',
    ...sets.map((set) => `  ${set.name}：${tokenOf(folder, set)}`),
    'goBox 用别的 Token 发来的消息会被拒绝（401）。请核对；不一样时，在“设置”里复制现在的 Token 交给 goBox，',
    '再用“下载订单”补取这段时间的订单。',
    '',
    '现在可以启动了。',
  ].join('\n')
}

const [file] = process.argv.slice(2)
process.umask(0o077)

try {
  refuseOnPostgres()
  if (!file) throw new WrongSetting(`请写出备份文件：${commandLine('restore', 'data/backups/gobox-….db')}`)
  console.log(report(prepareDataFolder(useConfig().dataDir), file, Date.now()))
} catch (error) {
  if (!(error instanceof WrongSetting)) throw error
  console.error(`没有恢复：${error.message}`)
  process.exitCode = 1
}
