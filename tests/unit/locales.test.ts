import { expect, it } from 'vitest'
import devicesEn from '../../i18n/devices/en.json' with { type: 'json' }
import devicesZh from '../../i18n/devices/zh.json' with { type: 'json' }
import loginEn from '../../i18n/login/en.json' with { type: 'json' }
import loginZh from '../../i18n/login/zh.json' with { type: 'json' }
import overviewEn from '../../i18n/overview/en.json' with { type: 'json' }
import overviewZh from '../../i18n/overview/zh.json' with { type: 'json' }
import alertsEn from '../../i18n/alerts/en.json' with { type: 'json' }
import alertsZh from '../../i18n/alerts/zh.json' with { type: 'json' }
import en from '../../i18n/locales/en.json' with { type: 'json' }
import importsEn from '../../i18n/imports/en.json' with { type: 'json' }
import importsZh from '../../i18n/imports/zh.json' with { type: 'json' }
import reportsEn from '../../i18n/reports/en.json' with { type: 'json' }
import reportsZh from '../../i18n/reports/zh.json' with { type: 'json' }
import settingsEn from '../../i18n/settings/en.json' with { type: 'json' }
import settingsZh from '../../i18n/settings/zh.json' with { type: 'json' }
import zh from '../../i18n/locales/zh.json' with { type: 'json' }
import enBooks from '../../i18n/settlements/en.json' with { type: 'json' }
import zhBooks from '../../i18n/settlements/zh.json' with { type: 'json' }

const keysOf = (texts: object, path = ''): string[] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'object' ? keysOf(value as object, `${path}${key}.`) : [path + key],
  )

it('has every text in both languages', () => {
  expect(keysOf(en).sort()).toEqual(keysOf(zh).sort())
  expect(keysOf(devicesEn).sort()).toEqual(keysOf(devicesZh).sort())
  expect(keysOf(overviewEn).sort()).toEqual(keysOf(overviewZh).sort())
  expect(keysOf(loginEn).sort()).toEqual(keysOf(loginZh).sort())
  expect(keysOf(importsEn).sort()).toEqual(keysOf(importsZh).sort())
  expect(keysOf(settingsEn).sort()).toEqual(keysOf(settingsZh).sort())
})

it('has every text about alerts in both languages', () => {
  expect(Object.keys(alertsEn).sort()).toEqual(Object.keys(alertsZh).sort())
})

it('has every text of the reports in both languages', () => {
  expect(keysOf(reportsEn).sort()).toEqual(keysOf(reportsZh).sort())
})

it('has every text of the settlements in both languages', () => {
  expect(keysOf(enBooks).sort()).toEqual(keysOf(zhBooks).sort())
})
