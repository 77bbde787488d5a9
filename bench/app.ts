import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '../sandbox/free-port.ts'
import nodeFlags from '../scripts/node-flags.json' with { type: 'json' }

const folders: string[] = []

/** A throw-away folder, removed with the process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gobox-bench-'))
  if (folders.push(folder) === 1)
    process.on('exit', () => folders.forEach((made) => rmSync(made, { recursive: true, force: true })))
  return folder
}

export interface Running {
  url: string
  child: ChildProcess
  /** Milliseconds from the start of the process to its first good answer. */
  startTime: number
  stop: () => Promise<void>
}

/** Starts a server and waits until `path` answers. Its output is thrown away. */
async function startServer(args: string[], port: number, path: string, env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const url = `http://127.0.0.1:${port}`
  const begin = performance.now()
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', ...env },
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  while (
    !(await fetch(url + path).then(
      (response) => response.status > 0,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended by itself`)
    await sleep(5)
  }
  const startTime = performance.now() - begin
  return {
    url,
    child,
    startTime,
    stop: async () => {
      child.kill('SIGTERM')
      await closed
    },
  }
}

/** Starts the built app on a data folder, or on the database that `env` names. */
export async function startApp(folder: string, env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const port = await findFreePort()
  return startServer([...nodeFlags, '.output/server/index.mjs'], port, '/api/health', {
    HOST: '127.0.0.1',
    PORT: String(port),
    ...(env.NUXT_DATABASE_URL ? {} : { NUXT_DATA_DIR: folder }),
    NUXT_C8_ALLOWED_ORIGINS: 'http://127.0.0.1:9',
    ...env,
  })
}
