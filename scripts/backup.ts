import process from 'node:process'
import { backUp } from '#server/storage/sqlite/backup'
import { prepareDataFolder } from '#server/storage/sqlite/data-folder'
import { useConfig, WrongSetting } from '#server/config'
import { refuseOnPostgres } from './data-folder-only.ts'

try {
  refuseOnPostgres()
  const file = backUp(prepareDataFolder(useConfig().dataDir), Date.now())
  console.log(`已备份并检查：${file}\n密钥不在备份里：请另外保管 secret.key 或 NUXT_SECRET_KEY。`)
} catch (error) {
  if (!(error instanceof WrongSetting)) throw error
  console.error(`没有备份：${error.message}`)
  process.exitCode = 1
}
