import { defineConfig } from '@playwright/test'
import { findChromium } from './scripts/browser.ts'

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export default defineConfig({
  testDir: 'tests/browser',
  outputDir: 'test-results/browser',
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    launchOptions: { executablePath: findChromium(), args },
    locale: 'zh-CN',
    // Not the shop's zone: no page may take the browser's for it.
    timezoneId: 'America/New_York',
    // A test may answer a page's requests itself; offline.spec.ts has it.
    serviceWorkers: 'block',
    // Traces take a picture of the page at each step: several times the cost of the step itself.
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'desk', use: { viewport: { width: 1440, height: 900 } } },
    { name: 'phone', use: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } },
  ],
})
