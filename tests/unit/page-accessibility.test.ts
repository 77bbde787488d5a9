import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CHECKED_IN, SCREENS } from '../browser/screens.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pages = globSync('**/*.vue', { cwd: `${root}pages` })

describe('every page is looked at by axe', () => {
  it.each(pages)('%s', (page) => {
    expect([...SCREENS.map((screen) => screen.page), ...Object.keys(CHECKED_IN)]).toContain(page)
  })

  it.each(Object.entries(CHECKED_IN))('%s, where %s does something with it', (page, spec) => {
    expect(pages).toContain(page)
    expect(readFileSync(`${root}tests/browser/${spec}`, 'utf8')).toContain('graveViolations(page')
  })
})
