import { resolve } from 'node:path'
import process from 'node:process'
import { restore } from '#server/db/backup'
import { prepareDataFolder } from '#server/db/data-folder'
import { useConfig, WrongSetting } from '#server/utils/config'

const [file] = process.argv.slice(2)

try {
  if (!file) throw new WrongSetting('请写出备份文件：npm run restore -- data/backups/gobox-….db')
  const aside = restore(prepareDataFolder(useConfig().dataDir), resolve(file), Date.now())
  console.log(`已恢复 ${file}。${aside ? `原来的数据库在 ${aside}。` : ''}现在可以启动了。`)
} catch (error) {
  if (!(error instanceof WrongSetting)) throw error
  console.error(`没有恢复：${error.message}`)
  process.exitCode = 1
}
