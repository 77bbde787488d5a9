import { chooseRow, expect, openOrders, rowOf, test, useStack } from './fixtures.ts'
import { bread, orderOf } from './stack.ts'

const stack = useStack()

/** What the browser says while another tab is looked at, which a test cannot have it do. */
const look = (visibility: 'hidden' | 'visible') => `
  Object.defineProperty(document, 'visibilityState', { configurable: true, value: '${visibility}' })
  document.dispatchEvent(new Event('visibilitychange'))`

test('work that ends while one looks elsewhere is told in the title of its tab until one is back', async ({ page }) => {
  await stack().deliver(orderOf('T-AWAY-1'), orderOf('T-AWAY-2', { products: [bread] }))
  // So that there is time to look elsewhere.
  await stack().sandbox.control.latency({ 'c8.products': 1500 })
  await openOrders(page, stack(), '/orders?q=T-AWAY')
  const begin = async (transId: string) => {
    await chooseRow(page, transId)
    await page.getByRole('toolbar', { name: '所选订单' }).getByRole('button', { name: '导入', exact: true }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^导入 1 个/ })
      .click()
    await page.evaluate(look('hidden'))
  }
  await begin('T-AWAY-1')
  await expect(page).toHaveTitle('✓ 已完成 · 订单 · goBox')
  await page.evaluate(look('visible'))
  await expect(page).toHaveTitle('订单 · goBox')
  await expect(rowOf(page, 'T-AWAY-1')).toContainText('已导入')
  await begin('T-AWAY-2')
  await expect(page).toHaveTitle('✗ 已结束，失败 1 · 订单 · goBox')
  await page.evaluate(look('visible'))
  await expect(page).toHaveTitle('订单 · goBox')
})
