import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../../i18n', import.meta.url))

const keysOf = (texts: object, path = ''): string[] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'object' ? keysOf(value as object, `${path}${key}.`) : [path + key],
  )
const textsOf = (part: string, language: string) =>
  JSON.parse(readFileSync(`${folder}/${part}/${language}.json`, 'utf8')) as object

it.each(readdirSync(folder))('has every text of %s in both languages', (part) => {
  expect(keysOf(textsOf(part, 'en')).sort()).toEqual(keysOf(textsOf(part, 'zh')).sort())
})
