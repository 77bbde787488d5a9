import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const modules = join(root, 'node_modules')
const sqlite = join(modules, 'better-sqlite3')
const native = join(root, 'packaging', 'native')
const prefixes = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }

/** Of the addon's own build description (its defines.gypi). */
function definitions(): string[] {
  const text = readFileSync(join(sqlite, 'deps', 'defines.gypi'), 'utf8')
  return [...text.matchAll(/'([A-Z]\w+(?:=-?\d+)?)',/g)].map(([, definition]) => `-D${definition}`)
}

async function compile(program: string, args: string[]) {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${program} failed: ${args.join(' ')}`)
}

/** A compiler for the architecture, by the name that Debian gives it. */
function findCompiler(arch: keyof typeof prefixes): string | undefined {
  const names = [`${prefixes[arch]}-g++`, ...(arch === process.arch ? ['g++', 'c++'] : [])]
  return names.find((name) => spawnSync(name, ['--version']).status === 0)
}

/** How each object is compiled: its own arguments beside those of all. */
function objects(): Record<string, string[]> {
  const common = ['-O3', '-fPIC', '-DNDEBUG', '-D_FILE_OFFSET_BITS=64', ...definitions()]
  const old = ['-include', join(native, 'old-glibc.h')]
  const dialect = ['-std=c++20', '-fno-exceptions', '-fno-rtti', '-fvisibility=hidden', '-fvisibility-inlines-hidden']
  const napi = ['-DNAPI_VERSION=10', '-DNAPI_DISABLE_CPP_EXCEPTIONS', '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS']
  const headers = [
    join(modules, 'node-api-headers', 'include'),
    join(modules, 'node-addon-api'),
    join(sqlite, 'deps', 'sqlite3'),
  ].map((folder) => `-I${folder}`)
  return {
    sqlite: [...common, '-std=gnu99', '-w', ...old, '-x', 'c', '-c', join(sqlite, 'deps', 'sqlite3', 'sqlite3.c')],
    addon: [...common, ...dialect, ...napi, ...old, ...headers, '-c', join(sqlite, 'src', 'better_sqlite3.cpp')],
    old: ['-O2', '-fPIC', '-w', '-fno-builtin', '-c', join(native, 'old-glibc.cpp')],
  }
}

/**
 * The SQLite module for glibc 2.28, made from the sources that its package ships, once a version: the package's own
 * needs glibc 2.34. Returns its path, or `undefined` where no compiler for the architecture is installed.
 */
export async function buildSqliteModule(arch: keyof typeof prefixes): Promise<string | undefined> {
  const { version } = JSON.parse(readFileSync(join(sqlite, 'package.json'), 'utf8')) as { version: string }
  const made = join(modules, '.cache', 'gobox', `better-sqlite3-${version}-${arch}.node`)
  if (existsSync(made)) return made
  const compiler = findCompiler(arch)
  if (!compiler) return undefined
  mkdirSync(dirname(made), { recursive: true })
  const compiled = await Promise.all(
    Object.entries(objects()).map(async ([name, args]) => {
      const object = `${made}.${name}.o`
      await compile(compiler, [...args, '-o', object])
      return object
    }),
  )
  await compile(compiler, [
    '-shared',
    '-o',
    `${made}.part`,
    ...compiled,
    '-Wl,-Bsymbolic',
    '-Wl,--exclude-libs,ALL',
    '-s',
  ])
  renameSync(`${made}.part`, made)
  return made
}
