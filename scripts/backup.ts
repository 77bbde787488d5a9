import process from 'node:process'
import { backUp } from '#server/db/backup'
import { prepareDataFolder } from '#server/db/data-folder'
import { useConfig, WrongSetting } from '#server/utils/config'

try {
  const file = backUp(prepareDataFolder(useConfig().dataDir), Date.now())
  console.log(`已备份并检查：${file}\n密钥不在备份里：请另外保管 secret.key 或 NUXT_SECRET_KEY。`)
} catch (error) {
  if (!(error instanceof WrongSetting)) throw error
  console.error(`没有备份：${error.message}`)
  process.exitCode = 1
}
