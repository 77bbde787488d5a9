import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { AUDIT_FIELD_NAMES } from '#shared/audit-names'

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

it('names the fields of the audit in a file as its page does', () => {
  const { devices } = textsOf('locales', 'zh') as { devices: Record<string, string> }
  const { settings } = textsOf('settings', 'zh') as { settings: Record<'auditField' | 'gobox', Record<string, string>> }
  const words = { ...settings.auditField, ...settings.gobox, ...devices }
  for (const [field, name] of Object.entries(AUDIT_FIELD_NAMES)) expect(name, field).toBe(words[field])
  for (const field of Object.keys(settings.auditField)) expect(AUDIT_FIELD_NAMES).toHaveProperty(field)
})
