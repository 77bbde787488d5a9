import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startSandbox } from '../sandbox/server.ts'
import { freePort, startApp, temporaryFolder } from './app.ts'
import { newMessage, runLoad, type LoadResult } from './load.ts'
import { logIn } from './shop.ts'

const CONNECTIONS = 64
const SECONDS = 8
/** Before the measured ones, for the compiler of V8. */
const WARM_UP = 2

async function measure(url: string, headers: Record<string, string> = {}): Promise<LoadResult> {
  const load = { url: `${url}/api/create_order`, headers, connections: CONNECTIONS, body: newMessage }
  await runLoad({ ...load, seconds: WARM_UP })
  return runLoad({ ...load, seconds: SECONDS })
}

async function measureBare(): Promise<LoadResult> {
  const port = await freePort()
  const child = spawn(process.execPath, ['bench/bare.mjs', temporaryFolder(), String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const result = await measure(`http://127.0.0.1:${port}`)
  child.kill()
  await once(child, 'close')
  return result
}

async function measureApp(): Promise<LoadResult> {
  const sandbox = await startSandbox()
  const app = await startApp(temporaryFolder(), { NUXT_C8_ALLOWED_ORIGINS: sandbox.c8Url })
  const { localToken } = await logIn(app.url, sandbox)
  const result = await measure(app.url, { token: localToken })
  await app.stop()
  await sandbox.close()
  return result
}

/** The webhook beside the bare server, in turn so that a change of the machine's speed meets both. */
export async function benchWebhook() {
  const bare = await measureBare()
  const app = await measureApp()
  return { bare, app, ratio: app.rate / bare.rate }
}
