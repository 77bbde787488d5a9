import { expect, openPage, test, useStack } from './fixtures.ts'
import { bread, orderOf, unconfigured } from './stack.ts'

/** Of what is in sight, by how far; more is felt as jumping. */
const MOST = 0.05

const stack = useStack(async ({ deliver, ask }) => {
  await deliver(
    orderOf('T-1', { daysAgo: 2 }),
    orderOf('T-BREAD', { products: [bread] }),
    orderOf('T-NEW', { dev_id: unconfigured }),
  )
  await deliver({ ...orderOf('T-BROKEN'), status: 999 }).catch(() => undefined)
  await ask('POST', '/api/imports', { filter: { status: 100 } })
})

const WATCH = `
  window.shifts = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value
  }).observe({ type: 'layout-shift', buffered: true })`

test('overview and settings stand still while they load', async ({ page, browser, viewport, isPhone }) => {
  await openPage(page, stack(), '/')
  const storageState = await page.context().storageState()
  for (const [path, last] of [
    ['/', 'figure svg'],
    ['/settings', 'pre'],
  ] as const) {
    const fresh = await browser.newContext({ storageState, viewport, isMobile: isPhone, hasTouch: isPhone })
    const first = await fresh.newPage()
    await first.addInitScript(WATCH)
    await first.goto(stack().url + path, { waitUntil: 'networkidle' })
    await expect(first.locator(last).first()).toBeVisible()
    expect(await first.evaluate('window.shifts'), path).toBeLessThanOrEqual(MOST)
    await fresh.close()
  }
})
