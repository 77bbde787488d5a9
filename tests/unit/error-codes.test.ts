import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ERROR_CODES } from '../../shared/error-codes.ts'
import en from '../../i18n/errors/en.json' with { type: 'json' }
import zh from '../../i18n/errors/zh.json' with { type: 'json' }

const sources = globSync('{server,shared}/**/*.ts', { exclude: ['shared/error-codes.ts'] }).map((path) =>
  readFileSync(path, 'utf8'),
)
const named = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

it('throws every code of the list somewhere', () => {
  const all = sources.join('\n')
  expect(ERROR_CODES.filter((code) => !all.includes(`'${code}'`))).toEqual([])
})

it('throws no code that is not in the list', () => {
  const thrown = sources.flatMap((source) => [...source.matchAll(/\bcode: '(\w+)'/g)].map(([, code]) => code))
  // zod's own word for an issue that a schema makes, and SQLite's own codes.
  expect(
    thrown.filter((code) => code !== 'custom' && !code!.startsWith('SQLITE_') && !ERROR_CODES.includes(code as never)),
  ).toEqual([])
})

it('keeps the list in alphabetical order, each code once', () => {
  expect([...ERROR_CODES]).toEqual([...new Set(ERROR_CODES)].sort())
})

it.each([
  ['Chinese', zh],
  ['English', en],
])('has a text in %s for every code, and for no other', (_, { codes }) => {
  expect(Object.keys(codes).sort()).toEqual([...ERROR_CODES])
})

it('names the same things in both languages', () => {
  const names = (texts: Record<string, string>) =>
    Object.fromEntries(Object.entries(texts).map(([code, text]) => [code, named(text)]))
  expect(names(en.codes)).toEqual(names(zh.codes))
  for (const word of Object.keys(zh.words) as (keyof typeof zh.words)[])
    expect(names(en.words[word])).toEqual(names(zh.words[word]))
})

it('says nothing Chinese in English', () => {
  expect(JSON.stringify(en)).not.toMatch(/[\u3000-\u303F\u4E00-\u9FFF\uFF00-\uFFEF]/)
})
