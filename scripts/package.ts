import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { constants, zstdCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { buildSqliteModule } from './package/sqlite-module.ts'
import nodeFlags from './node-flags.json' with { type: 'json' }
import packageJson from '../package.json' with { type: 'json' }

/** The mark in Node's program that says where the archive stands; it is part of Node's documentation. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'
const ARCHITECTURES = ['x64', 'arm64'] as const
type Architecture = (typeof ARCHITECTURES)[number]

const root = resolve(import.meta.dirname, '..')
const dist = join(root, 'dist')
const work = mkdtempSync(join(tmpdir(), 'gobox-package-'))

const { values } = parseArgs({ options: { arch: { type: 'string', multiple: true } } })
const wanted = (values.arch ?? [process.arch]) as Architecture[]

try {
  for (const arch of wanted) {
    if (!ARCHITECTURES.includes(arch)) throw new Error(`There is no goBox for ${arch}: ${ARCHITECTURES.join(' or ')}.`)
  }
  const app = await assemble()
  mkdirSync(dist, { recursive: true })
  const files: string[] = []
  for (const arch of wanted) files.push(makeProgram(app, arch, await buildSqliteModule(arch)))
  const sums = files.map(
    (file) => `${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${basename(file)}`,
  )
  writeFileSync(join(dist, 'SHA256SUMS'), `${sums.join('\n')}\n`)
  console.log([...files, join(dist, 'SHA256SUMS')].map((file) => relative(root, file)).join('\n'))
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** The build and the commands, as they lie on the disk of whoever runs the program. Returns their folder. */
async function assemble(): Promise<string> {
  const app = join(work, 'app')
  cpSync(join(root, '.output', 'server'), join(app, 'server'), { recursive: true, dereference: true })
  cpSync(join(root, '.output', 'public'), join(app, 'public'), { recursive: true })
  await build({
    entryPoints: { cli: join(root, 'packaging', 'cli.ts') },
    outdir: join(app, 'server', 'commands'),
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: ['better-sqlite3'],
    banner: {
      js: `import { createRequire as makeRequire } from 'node:module'\nconst require = makeRequire(import.meta.url)`,
    },
    logLevel: 'warning',
  })
  copyFileSync(join(root, 'packaging', 'start.cjs'), join(app, 'server', 'commands', 'start.cjs'))
  cpSync(join(root, 'drizzle', 'migrations'), join(app, 'drizzle', 'migrations'), { recursive: true })
  return app
}

/** What only other platforms or debuggers read. */
function isShipped(path: string, arch: Architecture): boolean {
  if (path.endsWith('.map')) return false
  return !path.includes('/prebuilds/') || path.endsWith(`/linux-${arch}.node`)
}

/** Writes what Node's program takes in: the launcher and the app's files as one archive. Returns its path. */
function makeArchive(app: string, arch: Architecture, sqliteModule: string | undefined): string {
  const paths = globSync('**/*', { cwd: app, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(app, join(entry.parentPath, entry.name)))
    .filter((path) => isShipped(path, arch))
    .sort()
  const sourceOf = (path: string) =>
    sqliteModule && path.endsWith(`/linux-${arch}.node`) ? sqliteModule : join(app, path)
  const contents = paths.map((path) => readFileSync(sourceOf(path)))
  const bytes = Buffer.concat(contents)
  const index = JSON.stringify(paths.map((path, at) => ({ path, size: contents[at]!.length })))
  const hash = createHash('sha256').update(index).update(bytes).digest('hex').slice(0, 16)
  const assets = {
    name: `gobox-${packageJson.version}-${hash}`,
    'index.json': index,
    'files.zst': zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 19 } }),
  }
  for (const [name, content] of Object.entries(assets)) writeFileSync(join(work, name), content)
  const archive = join(work, `${arch}.blob`)
  const config = {
    main: join(root, 'packaging', 'launcher.cjs'),
    output: archive,
    disableExperimentalSEAWarning: true,
    useCodeCache: false,
    execArgv: nodeFlags,
    assets: Object.fromEntries(Object.keys(assets).map((name) => [name, join(work, name)])),
  }
  writeFileSync(join(work, 'sea-config.json'), JSON.stringify(config))
  runQuietly(process.execPath, '--experimental-sea-config', join(work, 'sea-config.json'))
  return archive
}

/** One executable file: Node, with the app as its archive. Returns its path. */
function makeProgram(app: string, arch: Architecture, sqliteModule: string | undefined): string {
  if (!sqliteModule) {
    console.error(`No compiler for ${arch}: its file takes the SQLite module as published, which needs glibc 2.34.`)
  }
  const archive = makeArchive(app, arch, sqliteModule)
  const program = join(dist, `gobox-${packageJson.version}-linux-${arch}`)
  copyFileSync(nodeFor(arch), program)
  chmodSync(program, 0o755)
  const postject = join(root, 'node_modules', '.bin', 'postject')
  runQuietly(postject, program, 'NODE_SEA_BLOB', archive, '--sentinel-fuse', FUSE)
  return program
}

/** Keeps a tool's output to itself unless it fails. */
function runQuietly(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} failed:\n${stdout}${stderr}`)
}

/** Node for an architecture: the one that runs this, else the same version from its npm package. */
function nodeFor(arch: Architecture): string {
  if (arch === process.arch) return process.execPath
  const name = `node-linux-${arch}`
  const folder = join(work, name)
  mkdirSync(folder)
  const version = process.version.slice(1)
  const pack = execFileSync('npm', ['pack', '--silent', `${name}@${version}`], { cwd: folder, encoding: 'utf8' }).trim()
  execFileSync('tar', ['-xzf', pack], { cwd: folder })
  const node = join(folder, 'package', 'bin', 'node')
  if (!existsSync(node)) throw new Error(`The package ${name} holds no program.`)
  return node
}
