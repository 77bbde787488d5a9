import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, openPage, rowOf, test, useStack } from './fixtures.ts'
import { bread, orderOf, unconfigured, water } from './stack.ts'

const stack = useStack(({ deliver }) =>
  deliver(
    orderOf('T-NOW'),
    orderOf('T-BREAD', { products: [bread], dev_id: unconfigured }),
    orderOf('T-WEEK', { daysAgo: 3, products: [{ ...water, amount: 8 }] }),
    orderOf('T-BACK', { daysAgo: 3, status: 103 }),
    // In the thirty days before, and a year before.
    orderOf('T-BEFORE', { daysAgo: 40, products: [{ ...water, amount: 9.4 }] }),
    orderOf('T-YEAR', { daysAgo: 365, products: [{ ...water, amount: 37.6 }] }),
  ),
)

const totals = (page: Page) => page.locator('.report-totals > div')
/** The row of the table, or the card on the phone. */
const lineOf = (page: Page, text: string) =>
  page.locator('.report-table tbody tr, .report-cards li').filter({ hasText: text })
const show = (page: Page, name: string) =>
  page.getByRole('navigation', { name: '怎么看' }).getByRole('link', { name }).click()

test('the menu leads to a report, of which every figure is that of the orders it leads to', async ({
  page,
  isPhone,
  snap,
}) => {
  await openPage(page, stack(), '/')
  if (isPhone) {
    await page.getByRole('button', { name: '更多' }).click()
    await page.getByRole('menuitem', { name: '报表' }).click()
  } else await page.getByRole('link', { name: '报表' }).click()
  await expect(page.getByRole('heading', { name: '报表', level: 1 })).toBeVisible()
  const sales = totals(page).filter({ hasText: '销售额' })
  await expect(sales).toContainText('¥18.80')
  await expect(sales).toContainText('▲ 100%')
  await expect(sales).toContainText('▼ 50%')
  await expect(totals(page).filter({ hasText: '平均每单' })).toContainText('¥6.27')
  await snap('reports', 'whole')
  await totals(page).filter({ hasText: '退款' }).getByRole('link').click()
  await expect(rowOf(page, 'T-BACK')).toBeVisible()
  await expect(rowOf(page, 'T-')).toHaveCount(1)
  await page.goBack()
  await sales.getByRole('link').click()
  await expect(rowOf(page, 'T-NOW')).toBeVisible()
  await expect(rowOf(page, 'T-')).toHaveCount(3)
})

test('it is shown by week, month, hour, cabinet and product, each with its address', async ({ page, snap }) => {
  await openPage(page, stack(), '/reports')
  for (const [name, by] of [
    ['按周', 'week'],
    ['按月', 'month'],
    ['按小时', 'hour'],
    ['按货柜', 'cabinet'],
    ['按商品', 'product'],
  ] as const) {
    await show(page, name)
    await expect(page).toHaveURL(new RegExp(`by=${by}`))
    await expect(page.locator(by === 'hour' ? '.chart-heat' : 'figure svg')).toBeVisible()
    await expect(lineOf(page, '¥').first()).toBeVisible()
    await snap(`reports-${by}`, 'whole')
  }
  await page.reload()
  await expect(lineOf(page, bread.name)).toContainText('¥6.80')
  await lineOf(page, bread.name).getByRole('link').click()
  await expect(rowOf(page, 'T-BREAD')).toBeVisible()
  await expect(rowOf(page, 'T-')).toHaveCount(1)
  await page.goBack()
  await show(page, '按货柜')
  await lineOf(page, `${unconfigured} 未配置`).getByRole('link').click()
  await expect(rowOf(page, 'T-BREAD')).toBeVisible()
  await expect(rowOf(page, 'T-')).toHaveCount(1)
})

test('another range is chosen in one click, and days without orders say so', async ({ page }) => {
  await openPage(page, stack(), '/reports')
  await expect(totals(page).first()).toContainText('¥18.80')
  await page.getByRole('button', { name: '近 30 天' }).click()
  await page.getByRole('menuitem', { name: '今天' }).click()
  await expect(totals(page).first()).toContainText('¥10.80')
  await page.goto(`${stack().url}/reports?from=2024-01-01&to=2024-01-31`)
  await expect(page.getByRole('heading', { name: '这段时间没有支付成功的订单' })).toBeVisible()
})

test('a range that is too long for hours says how long it may be', async ({ page, allowStatus }) => {
  allowStatus(400)
  await openPage(page, stack(), '/reports?from=2026-01-01&to=2026-10-01&by=hour')
  await expect(page.getByText('按小时看一次最多 92 天，请缩短范围')).toBeVisible()
  await show(page, '按月')
  await expect(page.getByText('2026-01-01 至 2026-10-01')).toBeVisible()
})

test('it is taken away as a file and printed without menu and buttons', async ({ page }) => {
  await openPage(page, stack(), '/reports?by=product')
  await expect(lineOf(page, bread.name)).toBeVisible()
  await page.getByRole('button', { name: '导出' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^报表_.*\.csv$/)
  expect(readFileSync(await download.path(), 'utf8')).toContain(`${bread.barcode},${bread.name},1,6.80,`)
  await page.emulateMedia({ media: 'print' })
  await expect(lineOf(page, bread.name)).toBeVisible()
  for (const hidden of ['.frame-menu', '.report-kinds', '.actions button'])
    await expect(page.locator(hidden).first()).toBeHidden()
})
