import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && existsSync(join(root, file)))
const read = (file: string) => readFileSync(join(root, file), 'utf8')

const documents = tracked.filter((file) => file.endsWith('.md'))
const sources = tracked.filter((file) => /\.(?:ts|vue|mjs)$/.test(file))

/** A heading as browsers of repositories name its anchor. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-')

function headingsOf(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!)
}

it.each(documents)('%s has no line of more than 120 characters but addresses and tables', (file) => {
  const long = read(file)
    .split('\n')
    .filter((line) => line.length > 120 && !/https?:|^\|/.test(line))
  expect(long).toEqual([])
})

describe('a reference that a reader can follow', () => {
  it.each(documents)('every link of %s leads somewhere', (file) => {
    for (const [, target] of read(file).matchAll(/\]\((?!https?:|#)([^)\s]+)\)/g)) {
      const [path, anchor] = target!.split('#')
      const linked = join(dirname(file), path!)
      expect(existsSync(join(root, linked)), `${file} links to ${target}`).toBe(true)
      if (anchor) expect(headingsOf(linked).map(anchorOf), `${file} links to ${target}`).toContain(anchor)
    }
  })

  it.each(documents)('every path that %s names exists', (file) => {
    const paths = [...read(file).matchAll(/`((?:server|shared|drizzle|scripts|sandbox|tests|bench|docs)\/[^\s`*…]*)`/g)]
    for (const [, path] of paths) expect(existsSync(join(root, path!)), `${file} names ${path}`).toBe(true)
  })

  it('the picture of the way of an order names files that exist', () => {
    const [picture] = /```text\n[\s\S]*?```/.exec(read('docs/architecture.md'))!
    const names = [...picture.matchAll(/(?:services|repositories|connectors|http)\/[\w-]+/g)].map(([name]) => name)
    expect(names.length).toBeGreaterThan(8)
    for (const name of names) expect(tracked, name).toContain(`server/${name}.ts`)
  })

  it('every comment that cites a document cites one of the project, and a section that it has', () => {
    for (const file of sources.filter((file) => file !== 'tests/unit/docs.test.ts')) {
      const text = read(file).replace(/\n\s*(?:\*|\/\/) /g, ' ')
      for (const [cited, path, section] of text.matchAll(/(?<![\w/.])([\w/-]+\.md)(?:, ([A-Z][\w' -]*))?/g)) {
        expect(tracked, `${file} cites ${cited}`).toContain(path)
        if (section) {
          const found = headingsOf(path!).some((heading) => section.startsWith(heading))
          expect(found, `${file} cites ${cited}`).toBe(true)
        }
      }
    }
  })
})
