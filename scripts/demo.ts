import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { isSea } from 'node:sea'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { PostgresServer } from '../sandbox/postgres.ts'
import { startSandbox } from '../sandbox/server.ts'
import { isPortFree, startApp } from './demo/app.ts'
import { keepOrdersComing, setUpShop, shops } from './demo/shops.ts'

const { postgres: onPostgres = false } = parseArgs({ options: { postgres: { type: 'boolean' } } }).values
const port = Number(process.env.PORT || 3000)
const ended = Promise.withResolvers<number>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.resolve(0))

const problem = await portProblem()
if (problem === undefined) await demo()
else {
  console.error(problem)
  process.exitCode = 1
}

async function portProblem(): Promise<string | undefined> {
  if (!Number.isInteger(port) || port < 1 || port > 65535) return `PORT is not a port: ${process.env.PORT}`
  if (await isPortFree(port)) return
  return `Port ${port} is taken: end the program that uses it, or choose another: PORT=${port + 1} ${isSea() ? 'gobox' : 'npm run'} demo`
}

async function demo(): Promise<void> {
  const database = onPostgres ? await startPostgres() : makeFolder()
  const sandbox = await startSandbox()
  const app = startApp(port, {
    ...database.settings,
    NUXT_GOBOX_URL: sandbox.goboxUrl,
    NUXT_C8_ALLOWED_ORIGINS: sandbox.c8Url,
  })
  void app.exited.then((output) => {
    console.error(`The app ended by itself; its last words:\n${output}`)
    ended.resolve(1)
  })
  try {
    const opened = await Promise.race([openShops(), ended.promise])
    if (typeof opened === 'object') {
      console.log(welcome(sandbox.c8Url))
      const stop = keepOrdersComing(app.url, sandbox, opened)
      await ended.promise.finally(stop)
    }
    process.exitCode = await ended.promise
    if (process.exitCode === 0) console.log('\nThe demo has ended; its data is removed.')
  } catch (error) {
    console.error(`The demo could not be set up: ${(error as Error).message}\n${app.output()}`)
    process.exitCode = 1
  } finally {
    await app.stop()
    await sandbox.close()
    await database.remove()
  }

  async function openShops() {
    console.log('Starting the app with two shops and two months of orders …')
    await app.ready()
    return Promise.all(shops.map((shop) => setUpShop(app.url, sandbox, shop)))
  }
}

function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'gobox-demo-'))
  return { settings: { NUXT_DATA_DIR: folder }, remove: async () => rmSync(folder, { recursive: true, force: true }) }
}

/** A server of its own, gone after the demo. */
async function startPostgres() {
  const server = await PostgresServer.start()
  const settings = { NUXT_DATABASE_URL: server.url(), NUXT_SECRET_KEY: randomBytes(32).toString('base64') }
  return { settings, remove: () => server.stop() }
}

function welcome(c8Url: string): string {
  const [first, second] = shops.map(({ set_of_book, user_name, c8Token }) => {
    const query = new URLSearchParams({ url: c8Url, set_of_book, user_name })
    return `http://localhost:${port}/login?${query}#token=${c8Token}`
  })
  return `
goBox is running. Log in by clicking:

  ${first}

What to try:
  1. Download today's orders: those of the last hour are still at goBox.
  2. Import an order, then see its document in C8: ${c8Url}/
  3. Import one that fails: a cabinet is not configured yet, and C8 does not know every barcode.
  4. Watch new orders arrive every few seconds.
  5. See which days are closed, and what does not agree on another, under 日结.

The second shop, whose orders the first must never see:

  ${second}

Ctrl-C ends everything and removes the demo's data.
`
}
