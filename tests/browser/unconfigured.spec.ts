import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../../sandbox/free-port.ts'
import { startApp, type App } from '../../scripts/demo/app.ts'
import { expect, graveViolations, test } from './fixtures.ts'

const folder = mkdtempSync(join(tmpdir(), 'gobox-unconfigured-'))
let app: App

test.beforeAll(async () => {
  app = startApp(await findFreePort(), { NUXT_DATA_DIR: folder })
  await app.ready()
})

test.afterAll(async () => {
  await app.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('the log-in says which settings are missing and how to get them', async ({ page, snap }) => {
  await page.goto(`${app.url}/login`)
  const notice = page.getByRole('alert').filter({ hasText: 'goBox 还没有配置好' })
  await expect(notice).toContainText('NUXT_GOBOX_URL')
  await expect(notice).toContainText('向货柜供应商要')
  await expect(notice).toContainText('NUXT_C8_ALLOWED_ORIGINS')
  expect(await graveViolations(page)).toEqual([])
  await snap('login-unconfigured')
})
