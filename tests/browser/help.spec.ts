import { expect, graveViolations, openPage, test, useStack } from './fixtures.ts'

const stack = useStack()

const PAGES = {
  '/': '概览',
  '/orders': '订单',
  '/imports': '导入',
  '/devices': '货柜',
  '/settlements': '日结',
  '/reports': '报表',
  '/products': '商品',
  '/settings': '设置',
}

test('each page has a help panel of its own, in both languages, that anybody can use', async ({ page, snap }) => {
  await openPage(page, stack(), '/')
  const told = new Set<string>()
  for (const [path, title] of Object.entries(PAGES)) {
    await page.goto(stack().url + path)
    await page.getByRole('button', { name: '帮助', exact: true }).click()
    const panel = page.getByRole('dialog', { name: `帮助：${title}` })
    await expect(panel.getByRole('term').nth(1)).toBeVisible()
    told.add((await panel.locator('p').textContent())!)
    await page.keyboard.press('Escape')
    await expect(panel).toBeHidden()
  }
  expect(told.size).toBe(Object.keys(PAGES).length)

  await page.evaluate("localStorage.setItem('gobox.locale', 'en')")
  await page.goto(`${stack().url}/orders`)
  await page.getByRole('button', { name: 'Help', exact: true }).click()
  await expect(page.getByRole('dialog', { name: 'Help: Orders' })).toContainText('What if orders are missing?')
  expect(await graveViolations(page)).toEqual([])
  await snap('help')
})
