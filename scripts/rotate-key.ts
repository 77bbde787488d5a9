import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { lockDataFolder } from '#server/db/data-folder'
import { openKey } from '#server/db/key-check'
import { rotateKey } from '#server/db/rotate-key'
import { isSecretKey, useConfig, WrongSetting } from '#server/utils/config'

const usage = `Changes the key that encrypts the secrets of the data folder. Stop the app first. The key now in use is NUXT_SECRET_KEY,
else the data folder's secret.key. The new one is:

  npm run rotate-key                              a fresh one, kept in the data folder
  NUXT_NEW_SECRET_KEY=… npm run rotate-key        the given one (openssl rand -base64 32), for NUXT_SECRET_KEY from then on

Backups made before stay encrypted with the old key: keep that key as long as them.`

if (parseArgs({ options: { help: { type: 'boolean' } } }).values.help) console.log(usage)
else {
  try {
    rotate(process.env.NUXT_NEW_SECRET_KEY)
  } catch (error) {
    if (!(error instanceof WrongSetting)) throw error
    console.error(`密钥没有更换：${error.message}`)
    process.exitCode = 1
  }
}

function rotate(given: string | undefined) {
  const { dataDir, secretKey } = useConfig()
  const folder = resolve(dataDir)
  const path = join(folder, 'gobox.db')
  if (given && !isSecretKey(given)) throw new WrongSetting('NUXT_NEW_SECRET_KEY 必须是 32 字节的 base64')
  if (!existsSync(path)) throw new WrongSetting(`${folder} 里没有数据库，请检查 NUXT_DATA_DIR`)
  process.umask(0o077)
  const lock = lockDataFolder(folder)
  const sqlite = new Database(path)
  const count = rotateKey(sqlite, folder, openKey(sqlite, folder, secretKey), given)
  sqlite.close()
  lock.close()
  console.log(
    `密钥已更换，${count} 处已重新加密。${
      given
        ? '现在请把 NUXT_SECRET_KEY 设为新密钥，再启动。'
        : secretKey
          ? '新密钥在数据目录的 secret.key 里：请去掉 NUXT_SECRET_KEY，再启动。'
          : '现在可以启动了。'
    }旧备份仍需旧密钥。`,
  )
}
