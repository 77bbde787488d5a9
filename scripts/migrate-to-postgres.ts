import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import type Database from 'better-sqlite3'
import { readMigrations } from '#drizzle/migrations'
import { openSqlite } from '#server/storage/sqlite/open'
import { takeOver, type Source } from '#server/storage/postgres/take-over'
import { useConfig, WrongSetting } from '#server/config'

const usage = `Copies a data folder (NUXT_DATA_DIR) into an empty PostgreSQL database, all or nothing. Stop the app first.

  npm run migrate-to-postgres -- --to=postgres://user:password@host:5432/database

The secrets stay encrypted with the key that they have: set it as NUXT_SECRET_KEY for the app from then on.`

const { values } = parseArgs({ options: { to: { type: 'string' }, help: { type: 'boolean' } } })

if (values.help || !values.to) console.log(usage)
else {
  try {
    await migrate(values.to)
  } catch (error) {
    if (!(error instanceof WrongSetting)) throw error
    console.error(`没有搬到 PostgreSQL：${error.message}`)
    process.exitCode = 1
  }
}

function readFrom(sqlite: Database.Database): Source {
  const one = (sql: string) => sqlite.prepare<[], number>(sql).pluck().get()!
  return {
    count: (table) => one(`SELECT count(*) FROM ${table}`),
    sum: (table, column) => one(`SELECT coalesce(sum(${column}), 0) FROM ${table}`),
    rows: (table, columns) =>
      sqlite.prepare<[], unknown[]>(`SELECT ${columns.join()} FROM ${table} ORDER BY 1`).raw().iterate(),
  }
}

async function migrate(to: string) {
  const { dataDir, secretKey } = useConfig()
  const folder = resolve(dataDir)
  if (!existsSync(join(folder, 'gobox.db'))) throw new WrongSetting(`${folder} 里没有数据库，请检查 NUXT_DATA_DIR`)
  const begin = performance.now()
  const storage = openSqlite(folder, readMigrations('sqlite'), secretKey)
  try {
    const taken = await takeOver(to, readMigrations('postgres'), storage.secretKey, readFrom(storage.sqlite))
    for (const [table, count] of Object.entries(taken)) console.log(`${table}: ${count}`)
  } finally {
    await storage.close()
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  const key = secretKey ? '原来的 NUXT_SECRET_KEY' : `NUXT_SECRET_KEY（${join(folder, 'secret.key')} 里的那一行）`
  console.log(
    `已全部搬过去并核对，用了 ${seconds} 秒。现在请设置 NUXT_DATABASE_URL 和${key}，去掉 NUXT_DATA_DIR，再启动。`,
  )
  console.log(`${folder} 没有改动：确认无误之前请保留它。`)
}
