import { expect, it } from 'vitest'
import en from '../../i18n/locales/en.json' with { type: 'json' }
import zh from '../../i18n/locales/zh.json' with { type: 'json' }

const keysOf = (texts: object, path = ''): string[] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'object' ? keysOf(value as object, `${path}${key}.`) : [path + key],
  )

it('has every text in both languages', () => {
  expect(keysOf(en).sort()).toEqual(keysOf(zh).sort())
})
