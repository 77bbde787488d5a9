import { spawnSync } from 'node:child_process'
import process from 'node:process'
import pg from 'pg'
import { startSandbox, type Sandbox } from '../sandbox/server.ts'
import { startApp, temporaryFolder, type Running } from './app.ts'

/** A data folder that `npm run seed` has filled, with the C8 that its account set belongs to. */
export interface Seeded {
  folder: string
  sandbox: Sandbox
  /** How long the seeding took, in milliseconds. */
  took: number
  start: () => Promise<Running>
}

const known = new Map<string, Promise<Seeded>>()

/** Does at once what autovacuum does a minute after so many rows. */
async function vacuum(url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('VACUUM (ANALYZE)')
  await client.end()
}

async function make(orders: number, database: NodeJS.ProcessEnv): Promise<Seeded> {
  const folder = temporaryFolder()
  const sandbox = await startSandbox()
  const env = { NUXT_C8_ALLOWED_ORIGINS: sandbox.c8Url, ...database }
  const begin = performance.now()
  spawnSync(process.execPath, ['scripts/seed.ts', `--orders=${orders}`, '--set-of-book=A001'], {
    env: { ...process.env, ...(database.NUXT_DATABASE_URL ? {} : { NUXT_DATA_DIR: folder }), ...env },
    stdio: 'inherit',
  })
  if (database.NUXT_DATABASE_URL) await vacuum(database.NUXT_DATABASE_URL)
  return { folder, sandbox, took: performance.now() - begin, start: () => startApp(folder, env) }
}

/** A data folder, or the database named, with so many orders; seeded once, as it takes its time. */
export function seeded(orders: number, database: NodeJS.ProcessEnv = {}): Promise<Seeded> {
  const key = `${orders} ${database.NUXT_DATABASE_URL ?? ''}`
  let one = known.get(key)
  if (!one) known.set(key, (one = make(orders, database)))
  return one
}
