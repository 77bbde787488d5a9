import pg from 'pg'
import type { MigrationMeta } from 'drizzle-orm/migrator'
import { WrongSetting } from '../../config.ts'
import type { Storage } from '../engine.ts'
import { showAddress, splitAddress } from './addresses.ts'
import { guardAudit } from './audit-guard.ts'
import { watchClosedDays } from './closed-days.ts'
import { chooseServer, NoServer, type Found } from './choose-server.ts'
import { sqlState } from './failures.ts'
import { checkKey, requireKey } from './key-check.ts'
import { migrateDatabase } from './migrate.ts'
import { Primary } from './primary.ts'
import { makeStorage } from './storage.ts'
import { ensureOrderTotals } from './totals.ts'
import { setTypeParsers } from './types.ts'

const OLDEST_SERVER = 15
/** Milliseconds for a server to answer at a start. */
const PATIENCE = 5000
/** Those that start at the same time prepare the database one after the other. The number is goBox's own. */
const START_LOCK = 0x90b0_90b0

/** Why nobody can be let in, as PostgreSQL says it. */
function explain(error: unknown): string {
  const state = sqlState(error)
  if (state === '28P01' || state === '28000') return '用户名或密码不对，或不允许从这里登录'
  if (state === '3D000') return '没有这个数据库'
  if (state === '42501') return '这个用户没有连接的权限'
  const { code, message } = error as { code?: string; message?: string }
  return code ?? message ?? '没有回答'
}

/** The server to start on. Throws WrongSetting. */
export async function findServer(addresses: string[]): Promise<Found> {
  let found: Found
  try {
    found = await chooseServer(addresses, 0, PATIENCE)
  } catch (error) {
    if (!(error instanceof NoServer)) throw error
    const hosts = addresses.map(showAddress).join('、')
    if (error.found.length > 0)
      throw new WrongSetting(`数据库 ${hosts} 是只读的（备库），请在 NUXT_DATABASE_URL 里写上主库`, { cause: error })
    throw new WrongSetting(`连不上 NUXT_DATABASE_URL 里的数据库 ${hosts}：${explain(error.cause)}`, { cause: error })
  }
  const version = Math.floor(found.version / 10_000)
  if (version < OLDEST_SERVER) throw new WrongSetting(`PostgreSQL ${version} 太旧，需要 ${OLDEST_SERVER} 或更新`)
  return found
}

/** Runs statements over a connection of their own; a transaction that they leave open is undone. */
export async function withClient(address: string, run: (client: pg.Client) => Promise<void>) {
  const client = new pg.Client({
    connectionString: address,
    application_name: 'goBox',
    keepAlive: true,
    connectionTimeoutMillis: PATIENCE,
  })
  client.on('error', () => {})
  await client.connect()
  try {
    await run(client)
  } finally {
    await client.end()
  }
}

/** Brings the database to where this version of the app wants it, in one transaction. Throws WrongSetting. */
export async function prepareDatabase(address: string, run: (client: pg.Client) => Promise<void>) {
  try {
    await withClient(address, async (client) => {
      await client.query('BEGIN')
      await client.query('SELECT pg_advisory_xact_lock($1)', [START_LOCK])
      await run(client)
      await client.query('COMMIT')
    })
  } catch (error) {
    if (sqlState(error) === '42501')
      throw new WrongSetting('NUXT_DATABASE_URL 的用户没有在这个数据库里建表的权限，请授权，或换成数据库的所有者', {
        cause: error,
      })
    throw error
  }
}

/** Opens the database, for this process and others beside it. Throws WrongSetting. */
export async function openPostgres(
  url: string,
  migrations: MigrationMeta[],
  givenKey: string | undefined,
): Promise<Storage> {
  setTypeParsers()
  const addresses = splitAddress(url)
  const secretKey = requireKey(givenKey)
  const { address } = await findServer(addresses)
  await prepareDatabase(address, async (client) => {
    await migrateDatabase(client, migrations)
    await ensureOrderTotals(client)
    await guardAudit(client)
    await watchClosedDays(client)
    await checkKey(client, secretKey)
  })
  return makeStorage(new Primary(addresses), secretKey)
}
