import { expect, openOrders, test, useStack } from './fixtures.ts'
import { orderOf } from './stack.ts'

const stack = useStack(({ deliver }) => deliver(orderOf('T-1')))

test('an address that leads nowhere says so and leads back', async ({ page, snap }) => {
  await openOrders(page, stack(), '/nowhere')
  await expect(page.getByRole('heading', { name: '没有这个页面' })).toBeVisible()
  await snap('not-found')
  await page.getByRole('button', { name: '回到首页' }).click()
  await expect(page.getByRole('heading', { name: '概览' })).toBeVisible()
})

test('what is no number is no order and no batch', async ({ page }) => {
  await openOrders(page, stack(), '/orders/abc')
  await expect(page.getByRole('heading', { name: '没有这个页面' })).toBeVisible()
  await page.goto(`${stack().url}/imports/0`)
  await expect(page.getByRole('heading', { name: '没有这个页面' })).toBeVisible()
})

test('an order that does not exist is told as such', async ({ page, allowStatus }) => {
  allowStatus(404)
  await openOrders(page, stack(), '/orders/987654')
  await expect(page.getByRole('heading', { name: '没有这个订单' })).toBeVisible()
})

test('without a connection the rows stay, a banner says why, and it mends itself', async ({
  page,
  allowStatus,
  context,
  snap,
}) => {
  allowStatus(0)
  await openOrders(page, stack())
  await expect(page.getByText('T-1')).toBeVisible()
  await context.setOffline(true)
  await page.getByRole('button', { name: '刷新' }).click()
  await expect(page.getByText('连接不上 goBox 服务器，正在重试')).toBeVisible()
  await expect(page.getByText('T-1')).toBeVisible()
  await snap('offline')
  await context.setOffline(false)
  await expect(page.getByText('连接不上 goBox 服务器，正在重试')).toBeHidden({ timeout: 10_000 })
})

test('the language and the theme are chosen once and remembered', async ({ page, snap }) => {
  await openOrders(page, stack())
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByRole('heading', { name: 'Orders' })).toBeVisible()
  await page.getByRole('button', { name: /Appearance/ }).click()
  await page.getByRole('menuitem', { name: 'Dark' }).click()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Orders' })).toBeVisible()
  await expect(page.locator('html')).toHaveClass(/dark/)
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await snap('orders-english-dark')
})
