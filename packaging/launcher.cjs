// The main script of the one file: unpacks the app once into a folder named by its content, then hands over to it.
// Only node: modules can be required here; everything else comes out of the archive.
const { randomUUID } = require('node:crypto')
const {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} = require('node:fs')
const { createRequire } = require('node:module')
const { homedir, tmpdir } = require('node:os')
const { dirname, join, resolve } = require('node:path')
const process = require('node:process')
const sea = require('node:sea')
const { zstdDecompressSync } = require('node:zlib')

const name = sea.getAsset('name', 'utf8')

/** systemd's cache folder, else the user's, else one of the user's own among the temporary files. */
function cacheFolder() {
  const { CACHE_DIRECTORY, XDG_CACHE_HOME, HOME } = process.env
  if (CACHE_DIRECTORY) return CACHE_DIRECTORY
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'gobox')
  if (HOME && HOME !== '/' && existsSync(HOME)) return join(homedir(), '.cache', 'gobox')
  return join(tmpdir(), `gobox-${process.getuid()}`)
}

/** Code is loaded from here, so that nobody else may write into it. */
function assertOwn(folder) {
  const { uid, mode } = lstatSync(folder)
  if (uid !== process.getuid() || (mode & 0o022) !== 0) {
    throw new Error(`目录 ${folder} 不属于当前用户，或别人可以写入；请删除它，或用 XDG_CACHE_HOME 指定另一个目录`)
  }
}

/** Writes the archive's files: an index of `{ path, size }` and their bytes, one after the other. */
function unpackInto(folder) {
  const index = JSON.parse(sea.getAsset('index.json', 'utf8'))
  const bytes = zstdDecompressSync(Buffer.from(sea.getRawAsset('files.zst')))
  let offset = 0
  for (const { path, size } of index) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, bytes.subarray(offset, offset + size))
    offset += size
  }
}

/** The unpacked app's folder. Two processes may unpack at once; the rename of the first one wins. */
function unpacked() {
  const cache = resolve(cacheFolder())
  mkdirSync(cache, { recursive: true, mode: 0o700 })
  assertOwn(cache)
  const folder = join(cache, name)
  if (!existsSync(folder)) {
    const part = join(cache, `.${name}-${randomUUID()}`)
    try {
      unpackInto(part)
      chmodSync(part, 0o700)
      renameSync(part, folder)
    } catch (error) {
      if (!existsSync(folder)) throw error
    } finally {
      rmSync(part, { recursive: true, force: true })
    }
  }
  assertOwn(folder)
  forgetOlder(cache, folder)
  return folder
}

const KEPT = 2

/** Keeps the versions used last, so that going back needs no unpacking, and removes the others. */
function forgetOlder(cache, used) {
  utimesSync(used, new Date(), new Date())
  const folders = readdirSync(cache).filter((entry) => entry.startsWith('gobox-'))
  const newestFirst = folders
    .map((entry) => join(cache, entry))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  for (const folder of newestFirst.slice(KEPT)) rmSync(folder, { recursive: true, force: true })
}

try {
  const entry = join(unpacked(), 'server', 'commands', 'start.cjs')
  createRequire(entry)(entry)
} catch (error) {
  console.error(`goBox 没有启动：${error.message}`)
  process.exitCode = 1
}
