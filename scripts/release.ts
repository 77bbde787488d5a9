import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import process from 'node:process'
import packageJson from '../package.json' with { type: 'json' }

/*
 * Makes everything that a release consists of in dist/: the one file, the sources, the packages that are shipped, the
 * notes and the sums of all of them. It publishes nothing.
 */

const { version } = packageJson
const root = resolve(import.meta.dirname, '..')
const dist = join(root, 'dist')
const run = (program: string, args: string[]) =>
  execFileSync(program, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })

/** The part of the changelog about this version. */
function readNotes(): string {
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
  const [, ...parts] = changelog.split(/^## /m)
  const part = parts.find((text) => text.startsWith(`${version} `) || text.startsWith(`[${version}]`))
  if (!part) throw new Error(`CHANGELOG.md has no heading "## ${version} – date".`)
  return part.slice(part.indexOf('\n')).trim()
}

function checkTree() {
  const changed = run('git', ['status', '--porcelain']).trim()
  if (changed !== '') throw new Error(`The tree is not clean; commit first:\n${changed}`)
}

/** Writes the files of the release beside the one file; returns them. */
function writeFiles(notes: string): string[] {
  const paths = {
    notes: join(dist, `gobox-${version}-notes.txt`),
    sources: join(dist, `gobox-${version}.tar.gz`),
    sbom: join(dist, `gobox-${version}-sbom.json`),
    openapi: join(dist, `gobox-${version}-openapi.json`),
  }
  writeFileSync(paths.notes, `${notes}\n`)
  run('git', ['archive', '--format=tar.gz', `--prefix=gobox-${version}/`, '-o', paths.sources, 'HEAD'])
  writeFileSync(paths.sbom, run(process.execPath, ['scripts/sbom.ts']))
  writeFileSync(paths.openapi, readFileSync(join(root, 'docs', 'openapi.json')))
  return Object.values(paths)
}

try {
  checkTree()
  const notes = readNotes()
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist)
  run(process.execPath, ['scripts/package.ts'])
  const files = writeFiles(notes)
  const sums = files.map(
    (file) => `${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${basename(file)}\n`,
  )
  const list = join(dist, 'SHA256SUMS')
  writeFileSync(list, readFileSync(list, 'utf8') + sums.join(''))
  console.log(readFileSync(list, 'utf8').trimEnd())
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
