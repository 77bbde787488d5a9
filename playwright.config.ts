import { defineConfig } from '@playwright/test'
import { findChromium } from './scripts/browser.ts'

export default defineConfig({
  testDir: 'tests/browser',
  use: {
    launchOptions: { executablePath: findChromium() },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  },
})
