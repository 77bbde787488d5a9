import type { Page } from '@playwright/test'
import { expect, graveViolations, openPage, test, useStack } from './fixtures.ts'
import { SCREENS } from './screens.ts'
import { bread, orderOf, unconfigured } from './stack.ts'

let batch = 0
const stack = useStack(async ({ deliver, ask }) => {
  await deliver(orderOf('T-1'), orderOf('T-BREAD', { products: [bread] }), orderOf('T-NEW', { dev_id: unconfigured }))
  await deliver({ ...orderOf('T-BROKEN'), status: 999 }).catch(() => undefined)
  batch = (await ask<{ id: number }>('POST', '/api/imports', { filter: { status: 100 } })).id
  await expect.poll(async () => (await ask<{ pending: number }>('GET', `/api/imports/${batch}`)).pending).toBe(0)
})

async function look(
  page: Page,
  language: 'zh' | 'en',
  [path, shown]: [path: string, shown: string],
  snap: (theme: 'light' | 'dark') => Promise<void>,
) {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.goto(stack().url + path)
  await expect(page.locator(shown).first()).toBeVisible()
  expect(await graveViolations(page), path).toEqual([])
  await snap('light')
  expect(
    await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
    `${path} does not scroll sideways`,
  ).toBeLessThanOrEqual(0)
  // The theme changes nothing but colours, whatever the language.
  if (language === 'en') return
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(page.locator('html')).toHaveClass(/dark/)
  await snap('dark')
  expect(await graveViolations(page, ['color-contrast']), `${path}, dark`).toEqual([])
}

for (const language of ['zh', 'en'] as const) {
  test(`overview, imports, cabinets and settings can be used by everybody: ${language}`, async ({ page, snap }) => {
    test.setTimeout(180_000)
    await page.addInitScript(`localStorage.setItem('gobox.locale', '${language}')`)
    await openPage(page, stack(), '/')
    const screens = [...SCREENS, { path: `/imports/${batch}`, shown: '.batch-failures' }]
    for (const { path, shown } of screens) {
      const name = path.replaceAll(/\W+/g, '-')
      await look(page, language, [path, shown], (theme) => snap(`page${name}-${theme}-${language}`, 'whole'))
    }
  })
}
