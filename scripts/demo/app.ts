import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { isSea } from 'node:sea'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import nodeFlags from '../node-flags.json' with { type: 'json' }

const startLimit = 60_000
const stopLimit = 10_000

/** `localhost` may mean either address, so both must be free. */
export async function isPortFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer()
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once('error', resolve).listen(port, host, () => server.close(() => resolve(undefined)))
    })
    if (error !== undefined && error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') return false
  }
  return true
}

export interface App {
  url: string
  ready: () => Promise<void>
  /** Settles, with the last output, only when the app ends unasked. */
  exited: Promise<string>
  output: () => string
  stop: () => Promise<void>
}

export function startApp(port: number, settings: Record<string, string>): App {
  const url = `http://127.0.0.1:${port}`
  // The one file starts itself once more.
  const args = isSea() ? ['serve'] : [...nodeFlags, join('.output', 'server', 'index.mjs')]
  const child = spawn(process.execPath, args, {
    env: { ...withoutAppSettings(process.env), HOST: process.env.HOST || '127.0.0.1', PORT: String(port), ...settings },
    // No `ignore`: it opens /dev/null, which a bare root file system may lack.
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches only the demo, which then stops the app.
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output = (output + chunk).slice(-4000)))
  }
  let isStopping = false
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const exited = new Promise<string>((resolve) => {
    void closed.then(() => isStopping || resolve(output))
  })
  return { url, ready, exited, output: () => output, stop }

  async function ready() {
    const deadline = Date.now() + startLimit
    while (
      !(await fetch(`${url}/api/health`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (Date.now() > deadline) throw new Error(`it did not answer within ${startLimit / 1000} s`)
      await sleep(100)
    }
  }

  async function stop() {
    isStopping = true
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimit)
    await closed
    clearTimeout(timer)
  }
}

/** The shell's own settings are for another data folder and other upstreams. */
function withoutAppSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('NUXT_') && !name.startsWith('NITRO_')),
  )
}

type Answer = Record<string, unknown> & { state?: number; status?: number; errmsg?: string }

/** The app understood, but a business rule is against it. */
export class Refusal extends Error {}

/** One call of the app's own routes; throws where it does not succeed. */
export async function askApp<Result>(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Result> {
  const response = await fetch(url + path, {
    method,
    headers: { token, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const answer = (await response.json()) as Answer
  if (response.ok && (answer.state ?? answer.status) === 1) return answer as Result
  throw new (response.status === 422 ? Refusal : Error)(`${method} ${path}: ${response.status} ${answer.errmsg ?? ''}`)
}
