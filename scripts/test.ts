import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { ensureChromium } from './browser.ts'

interface Count {
  passed: number
  failed: number
}

const reports = mkdtempSync(join(tmpdir(), 'gobox-test-'))
const vitestReport = join(reports, 'vitest.json')
const playwrightReport = join(reports, 'playwright.json')
const total: Count = { passed: 0, failed: 0 }

let running: ChildProcess | undefined

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    running?.once('close', () => finish(1)).kill(signal)
  })
}

await check('Lint', 'eslint', ['.'])
await check('Types', 'nuxt', ['typecheck'])
await check('Unused code', 'knip', [])
await tests(
  'Unit and API tests',
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`],
  {},
  () => countVitest(vitestReport),
)
await browserTests()

console.log(`\n${total.passed} passed, ${total.failed} failed`)
finish(total.failed > 0 ? 1 : 0)

/** A check has no tests to count; one that fails counts as one failure. */
async function check(name: string, command: string, args: string[]): Promise<void> {
  if (!(await succeeds(name, command, args))) total.failed += 1
}

async function browserTests(): Promise<void> {
  try {
    const env = { CHROMIUM_PATH: await ensureChromium(), PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport }
    await tests('Browser tests', 'playwright', ['test', '--reporter=list,json'], env, () =>
      countPlaywright(playwrightReport),
    )
  } catch (error) {
    console.error((error as Error).message)
    total.failed += 1
  }
}

async function tests(
  name: string,
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  count: () => Count,
): Promise<void> {
  const isGood = await succeeds(name, command, args, env)
  const { passed, failed } = count()
  total.passed += passed
  // A run can fail as a whole, for instance where a file cannot be loaded.
  total.failed += isGood ? failed : Math.max(failed, 1)
}

function countVitest(path: string): Count {
  const report = readReport(path) as { numPassedTests: number; numFailedTests: number } | undefined
  return { passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 0 }
}

function countPlaywright(path: string): Count {
  const report = readReport(path) as { stats: { expected: number; flaky: number; unexpected: number } } | undefined
  return { passed: (report?.stats.expected ?? 0) + (report?.stats.flaky ?? 0), failed: report?.stats.unexpected ?? 0 }
}

function readReport(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function succeeds(name: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<boolean> {
  console.log(`\n── ${name}`)
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } })
  running = child
  return new Promise((resolve) => {
    child
      .once('error', (error) => {
        console.error(error.message)
        resolve(false)
      })
      .once('close', (code) => resolve(code === 0))
  })
}

function finish(code: number): never {
  rmSync(reports, { recursive: true, force: true })
  process.exit(code)
}
