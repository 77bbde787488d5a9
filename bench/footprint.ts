import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { startApp, temporaryFolder } from './app.ts'
import { residentMemory } from './memory.ts'

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/**
 * The first start on an empty folder in milliseconds, idle memory in MiB, the build's size in MiB, and the pages' whole
 * JavaScript in KiB gzip.
 */
export async function benchFootprint() {
  const app = await startApp(temporaryFolder())
  await sleep(3000)
  const memory = residentMemory(app.child.pid!)
  await app.stop()
  const size = files('.output').reduce((sum, file) => sum + statSync(file).size, 0) / 1024 / 1024
  const scripts =
    files('.output/public/_nuxt')
      .filter((file) => file.endsWith('.js'))
      .reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0) / 1024
  return { startTime: app.startTime, memory, size, scripts }
}
