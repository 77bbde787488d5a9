import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { findFreePort } from '../sandbox/free-port.ts'
import { startSandbox } from '../sandbox/server.ts'
import { startApp, temporaryFolder } from './app.ts'
import { newMessage, runLoad, type LoadResult } from './load.ts'
import { logIn } from './shop.ts'

const CONNECTIONS = 64
const SECONDS = 8
/** Before the measured ones, for the compiler of V8. */
const WARM_UP = 2

/** All messages a second of several servers; the latencies are the first one's. */
export async function measureAll(urls: string[], headers: Record<string, string>): Promise<LoadResult> {
  const results = await Promise.all(urls.map((url) => measure(url, headers, CONNECTIONS / urls.length)))
  const sum = (of: 'rate' | 'failed') => results.reduce((all, result) => all + result[of], 0)
  return { ...results[0]!, rate: sum('rate'), failed: sum('failed') }
}

async function measure(
  url: string,
  headers: Record<string, string> = {},
  connections = CONNECTIONS,
): Promise<LoadResult> {
  const load = { url: `${url}/api/create_order`, headers, connections, body: newMessage }
  await runLoad({ ...load, seconds: WARM_UP })
  return runLoad({ ...load, seconds: SECONDS })
}

/** A bare server: its program, and where it writes. */
export async function measureBare(program = 'bench/bare.mjs', place = temporaryFolder()): Promise<LoadResult> {
  const port = await findFreePort()
  const child = spawn(process.execPath, [program, place, String(port)], {
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
