import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { findFreePort } from '../../sandbox/free-port.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))
/** The one file of this version. */
export const program = join(root, 'dist', `gobox-${packageJson.version}-linux-${process.arch}`)

/**
 * The minor versions of glibc whose symbols a file is linked with. Its bytes tell nothing: they hold packed files, too.
 */
export function glibcVersionsNeeded(file: string) {
  const versions = execFileSync('readelf', ['--version-info', '--wide', file], { encoding: 'utf8' })
  return [...versions.matchAll(/Name: GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor))
}

/** Copies a program into a folder, with the libraries that it is linked with and nothing else of this machine. */
export function copyWithLibraries(file: string, folder: string, name: string) {
  copyFileSync(file, join(folder, name))
  const libraries = execFileSync('ldd', [file], { encoding: 'utf8' }).match(/\/\S+\.so\S*/g)!
  for (const library of libraries) {
    mkdirSync(join(folder, dirname(library)), { recursive: true })
    copyFileSync(library, join(folder, library))
  }
}

/** Packs the one file, and runs it as a machine without Node would, with a home folder of its own. */
export function useProgram() {
  const place = { home: '' }
  const running: ChildProcess[] = []

  beforeAll(() => {
    execFileSync(process.execPath, [join(root, 'scripts', 'package.ts')], { stdio: 'ignore' })
    place.home = mkdtempSync(join(tmpdir(), 'gobox-one-file-'))
  }, 300_000)

  afterEach(async () => {
    for (const child of running.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  })

  afterAll(() => rmSync(place.home, { recursive: true, force: true }))

  /** What a machine without Node knows: no PATH on which a node could be found, no NODE_OPTIONS. */
  const bareEnvironment = (env: Record<string, string> = {}) => ({
    HOME: place.home,
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    ...env,
  })

  function gobox(args: string[], env: Record<string, string> = {}) {
    const { status, stdout, stderr } = spawnSync(program, args, {
      env: bareEnvironment(env),
      cwd: place.home,
      encoding: 'utf8',
    })
    return { status, output: stdout + stderr }
  }

  /** The same beside what runs in this process, such as the sandbox. */
  async function goboxBeside(args: string[], env: Record<string, string>) {
    const child = spawn(program, args, { env: bareEnvironment(env) })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const [status] = (await once(child, 'close')) as [number]
    return { status, output }
  }

  /** Starts a program that serves; resolves when it is healthy, with what it has printed. */
  async function serve(command: string, args: string[], env: Record<string, string>) {
    const port = await findFreePort()
    const child = spawn(command, args, {
      env: bareEnvironment({ HOST: '127.0.0.1', PORT: String(port), ...env }),
      cwd: place.home,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    running.push(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const url = `http://127.0.0.1:${port}`
    const isHealthy = () =>
      fetch(`${url}/api/health`).then(
        ({ ok }) => ok,
        () => false,
      )
    for (const deadline = Date.now() + 20_000; !(await isHealthy()); await sleep(20)) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`it did not start:\n${output}`)
    }
    return { url, port, child, output: () => output }
  }

  async function stop(child: ChildProcess) {
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number | null]
    return code
  }

  return { place, bareEnvironment, gobox, goboxBeside, serve, stop }
}
