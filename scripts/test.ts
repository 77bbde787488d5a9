import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { ensureChromium } from './browser.ts'
import { readPlaywright, readVitest, type Outcome } from './test-reports.ts'

const reports = mkdtempSync(join(tmpdir(), 'gobox-test-'))
const vitestReport = join(reports, 'vitest.json')
const playwrightReport = join(reports, 'playwright.json')
const total: Outcome = { passed: 0, failed: [] }

const rooms = [
  ...['app.vue', 'error.vue', 'pages', 'components', 'composables', 'layouts', 'middleware', 'plugins', 'stores'],
  ...['shared', 'drizzle', 'server', 'sandbox', 'scripts', 'bench', 'tests'],
]

let running: ChildProcess | undefined

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    running?.once('close', () => finish(1)).kill(signal)
  })
}

const [chosen, ...options] = process.argv.slice(2)
const parts = {
  lint: checkSources,
  unit: () => vitest('Unit tests', ['tests/unit', 'tests/nuxt']),
  api: () => vitest('API tests', ['tests/api']),
  faults: () => vitest('Fault tests, short', ['tests/faults']),
  browser: browserTests,
}

if (chosen === undefined) await everything()
else if (chosen in parts) await parts[chosen as keyof typeof parts]()
else {
  console.error(`There is no part "${chosen}" of the tests. There are: ${Object.keys(parts).join(', ')}.`)
  finish(1)
}

// Named last: of a long log, the end is what is kept.
for (const name of total.failed) console.log(`failed: ${name}`)
console.log(`\n${total.passed} passed, ${total.failed.length} failed`)
finish(total.failed.length > 0 ? 1 : 0)

async function everything(): Promise<void> {
  await checkSources()
  await vitest('Unit, API and fault tests', [])
  await browserTests()
}

async function checkSources(): Promise<void> {
  await check('Format', 'prettier', ['--check', '--log-level=warn', '.'])
  await check('Lint', 'eslint', ['.'])
  await check('Import boundaries', 'depcruise', ['--config', '.dependency-cruiser.mjs', ...rooms])
  await check('Types', 'nuxt', ['typecheck'])
  await check('Unused code', 'knip', [])
}

function vitest(name: string, files: string[]): Promise<void> {
  const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`]
  return tests(name, 'vitest', ['run', ...report, ...files, ...options], {}, () => readVitest(vitestReport))
}

/** A check has no tests to count; one that fails counts as one failure. */
async function check(name: string, command: string, args: string[]): Promise<void> {
  if (!(await succeeds(name, command, args))) total.failed.push(name)
}

async function browserTests(): Promise<void> {
  try {
    const env = { CHROMIUM_PATH: await ensureChromium(), PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport }
    await tests('Browser tests', 'playwright', ['test', '--reporter=list,json', ...options], env, () =>
      readPlaywright(playwrightReport),
    )
  } catch (error) {
    console.error((error as Error).message)
    total.failed.push('Browser tests')
  }
}

async function tests(
  name: string,
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  outcome: () => Outcome,
): Promise<void> {
  const isGood = await succeeds(name, command, args, env)
  const { passed, failed } = outcome()
  total.passed += passed
  total.failed.push(...failed)
  // A run can fail as a whole, without a test that failed.
  if (!isGood && failed.length === 0) total.failed.push(name)
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
