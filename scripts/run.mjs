// Runs on the machine's own Node (20 or newer) before anything is installed: only node: imports here.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tools = join(root, 'node_modules', '.bin')
const node = join(tools, 'node')
const nuxt = join(root, 'node_modules', 'nuxt', 'bin', 'nuxt.mjs')
const prettier = join(root, 'node_modules', 'prettier', 'bin', 'prettier.cjs')
const server = join(root, '.output', 'server', 'index.mjs')
const buildMark = join(root, '.output', '.built')
const env = { ...process.env, PATH: tools + delimiter + process.env.PATH }

/**
 * Node's options for the server: they bound V8's young generation (MiB for each half), which on a machine with much
 * memory would take several times as much under load. A supervisor's unit names them itself (docs/operations.md).
 */
const nodeFlags = JSON.parse(readFileSync(join(root, 'scripts', 'node-flags.json'), 'utf8'))

// What the build does not read, or writes itself.
const notBuilt = new Set([
  '.git',
  '.ci',
  '.nuxt',
  '.output',
  'node_modules',
  'data',
  'docs',
  'sandbox',
  'scripts',
  'tests',
  'test-results',
  'playwright-report',
])

const needBuild = new Set(['demo', 'start', 'test', 'test-faults', 'bench', 'package', 'release'])

let interruption

const [command, ...args] = process.argv.slice(2)
process.exitCode = await main()

async function main() {
  if (command === undefined || command === 'help') return help()
  const target = targetOf(command)
  if (target === undefined) return fail(`Unknown command: ${command ?? '(none)'}.`)
  if (isInstallStale()) {
    const installed = await quietly('Installing packages', 'npm', [
      'ci',
      '--include=dev',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ])
    if (!installed) return fail('The packages could not be installed; what npm said stands above.')
  }
  if (command === 'build' || (needBuild.has(command) && args[0] !== 'lint' && isBuildStale())) {
    if (!(await build())) return fail('The build failed; what nuxt said stands above.')
  }
  return command === 'build' ? 0 : run([...target, ...args])
}

function targetOf(name) {
  if (name === 'build') return []
  if (name === 'start') return [...nodeFlags, server]
  if (name === 'dev') return [nuxt, 'dev']
  if (name === 'format') return [prettier, '--write', '--log-level=warn', '.']
  const script = join(root, 'scripts', `${name}.ts`)
  return /^[a-z-]+$/.test(name ?? '') && existsSync(script) ? [script] : undefined
}

function isInstallStale() {
  const installed = timeOf(join(root, 'node_modules', '.package-lock.json'))
  return !existsSync(node) || installed < timeOf(join(root, 'package-lock.json'))
}

function isBuildStale() {
  return !existsSync(server) || newestIn(root, true) > timeOf(buildMark)
}

/** A folder's own time counts too: it changes when a file is removed. The root's does not, as others write there. */
function newestIn(folder, isRoot = false) {
  let newest = isRoot ? 0 : timeOf(folder)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (
      isRoot &&
      (notBuilt.has(entry.name) || (entry.name !== 'CHANGELOG.md' && /\.(md|log)$|^\.env|^\.git/.test(entry.name)))
    )
      continue
    const path = join(folder, entry.name)
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : timeOf(path))
  }
  return newest
}

/** The mark carries the time of the beginning: what is edited during the build is built again. */
async function build() {
  const begin = Date.now() / 1000
  if (!(await quietly('Building the app', node, [nuxt, 'build']))) return false
  writeFileSync(buildMark, '')
  utimesSync(buildMark, begin, begin)
  return true
}

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** Keeps a tool's output to itself unless it fails. */
async function quietly(sentence, program, programArgs) {
  const begin = Date.now()
  console.error(`${sentence} …`)
  const chunks = []
  const child = spawn(program, programArgs, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk))
  const code = await ended(child)
  if (interruption !== undefined) process.exit(128 + constants.signals[interruption])
  if (code === 0) console.error(`${sentence}: done in ${Math.round((Date.now() - begin) / 1000)} s.`)
  else process.stderr.write(Buffer.concat(chunks))
  return code === 0
}

function run(programArgs) {
  return ended(spawn(node, programArgs, { cwd: root, env, stdio: 'inherit' }))
}

/** The child's exit code, with signals passed on to it. */
function ended(child) {
  const passOn = (signal) => {
    interruption = signal
    // A terminal sends Ctrl-C to the child by itself.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, passOn)
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message)
      resolve(127)
    })
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  }).finally(() => {
    for (const signal of signals) process.off(signal, passOn)
  })
}

function help() {
  const lines = [
    ['demo', 'the app with stand-in upstreams and a shop in the middle of its life, on a throw-away data folder'],
    ['start', 'the app on NUXT_DATA_DIR'],
    ['dev', 'the app with hot reload; settings from .env'],
    ['build', 'the production build, .output/server/index.mjs'],
    ['test', 'the one gate: format, lint, boundaries, types, unused code, unit, API, fault and browser tests'],
    ['test:lint', 'its checks of the sources alone'],
    ['test:unit', 'its unit tests alone; -- -t "sentence" runs some of them'],
    ['test:api', 'its API tests alone; -- -t "sentence" runs some of them'],
    ['test:browser', 'its browser tests alone; -- --grep "sentence" runs some of them'],
    ['test:faults', 'the fault tests with many rounds'],
    ['format', 'formats code and Markdown'],
    ['seed', 'fills the data folder: -- --orders=100000 --set-of-book=A001'],
    ['bench', 'measures what docs/performance.md speaks of'],
    ['check', 'checks settings, disk, database, clock, and that goBox and C8 can be reached'],
    ['package', 'makes dist/gobox-<version>-linux-x64, one file that needs neither Node nor npm'],
    ['backup', 'writes a verified backup'],
    ['restore', 'puts a backup in the place of the database: -- FILE'],
    ['rotate-key', 'encrypts all secrets anew with a fresh key'],
    ['release', 'makes the files of a release from a clean tree'],
    ['openapi', 'writes docs/openapi.json, what the routes tell of themselves'],
    ['sbom', 'lists the packages that are shipped'],
  ]
  for (const [name, text] of lines)
    console.log(`npm ${name === 'test' || name === 'start' ? name : `run ${name}`}`.padEnd(24) + text)
  return 0
}

function fail(sentence) {
  console.error(sentence)
  return 1
}
