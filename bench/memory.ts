import { readFileSync } from 'node:fs'
import { startSandbox } from '../sandbox/server.ts'
import { startApp, temporaryFolder } from './app.ts'
import { newMessage, runLoad } from './load.ts'
import { logIn } from './shop.ts'

/** Resident memory of a process in MiB (Linux). */
export function residentMemory(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
}

/** By how many MiB the resident memory of a process grows at most while `run` runs. */
export async function growthDuring(pid: number, run: () => Promise<unknown>): Promise<number> {
  const before = residentMemory(pid)
  let highest = before
  const timer = setInterval(() => {
    highest = Math.max(highest, residentMemory(pid))
  }, 20)
  await run()
  clearInterval(timer)
  return highest - before
}

/** Resident memory in MiB after one and after all minutes of full webhook load. */
export async function benchMemory(minutes: number) {
  const sandbox = await startSandbox()
  const app = await startApp(temporaryFolder(), { NUXT_C8_ALLOWED_ORIGINS: sandbox.c8Url })
  const { localToken } = await logIn(app.url, sandbox)
  const load = (seconds: number) =>
    runLoad({
      url: `${app.url}/api/create_order`,
      headers: { token: localToken },
      connections: 64,
      seconds,
      body: newMessage,
    })
  const first = await load(60)
  const afterFirst = residentMemory(app.child.pid!)
  const rest = await load((minutes - 1) * 60)
  const afterAll = residentMemory(app.child.pid!)
  await app.stop()
  await sandbox.close()
  return { minutes, afterFirst, afterAll, rate: rest.rate, failed: first.failed + rest.failed }
}
