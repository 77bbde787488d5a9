import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { openKey } from '#server/storage/key-check'
import { lockDataFolder } from '#server/storage/sqlite/data-folder'
import { keyCheckOf } from '#server/storage/sqlite/key-check'
import { inWords } from '#server/storage/sqlite/damage'
import { rotateKey } from '#server/storage/sqlite/rotate-key'
import { isSecretKey, useConfig, WrongSetting } from '#server/config'

const usage = `Changes the key that encrypts the secrets of the data folder. Stop the app first. The key now in use is NUXT_SECRET_KEY,
else the data folder's secret.key. The new one is:

  npm run rotate-key                              a fresh one, kept in the data folder
  NUXT_NEW_SECRET_KEY=… npm run rotate-key        the given one (openssl rand -base64 32), for NUXT_SECRET_KEY from then on

In PostgreSQL (NUXT_DATABASE_URL) all nodes must be stopped, and NUXT_NEW_SECRET_KEY must be given.

Backups made before stay encrypted with the old key: keep that key as long as them.`

if (parseArgs({ options: { help: { type: 'boolean' } } }).values.help) console.log(usage)
else {
  try {
    const given = process.env.NUXT_NEW_SECRET_KEY
    if (given && !isSecretKey(given)) throw new WrongSetting('NUXT_NEW_SECRET_KEY 必须是 32 字节的 base64')
    const { databaseUrl } = useConfig()
    if (databaseUrl) await rotateInPostgres(databaseUrl, given)
    else rotateInFolder(given)
  } catch (error) {
    if (!(error instanceof WrongSetting)) throw error
    console.error(`密钥没有更换：${error.message}`)
    process.exitCode = 1
  }
}

async function rotateInPostgres(url: string, given: string | undefined) {
  if (!given)
    throw new WrongSetting('数据在 PostgreSQL 里：请用 NUXT_NEW_SECRET_KEY 给出新密钥（openssl rand -base64 32）')
  const { requireKey } = await import('#server/storage/postgres/key-check')
  const { rotateKey } = await import('#server/storage/postgres/rotate-key')
  const count = await rotateKey(url, requireKey(useConfig().secretKey), requireKey(given))
  console.log(
    `密钥已更换，${count} 处已重新加密。现在请把所有节点的 NUXT_SECRET_KEY 设为新密钥，再启动。旧备份仍需旧密钥。`,
  )
}

function rotateInFolder(given: string | undefined) {
  const { dataDir, secretKey } = useConfig()
  const folder = resolve(dataDir)
  const path = join(folder, 'gobox.db')
  if (!existsSync(path)) throw new WrongSetting(`${folder} 里没有数据库，请检查 NUXT_DATA_DIR`)
  process.umask(0o077)
  const lock = lockDataFolder(folder)
  const count = inWords(folder, () => {
    const sqlite = new Database(path)
    try {
      return rotateKey(sqlite, folder, openKey(keyCheckOf(sqlite), folder, secretKey), given)
    } finally {
      sqlite.close()
    }
  })
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
