import { expect, graveViolations, openOrders, openPage, rowOf, test, useStack } from './fixtures.ts'
import { timeText } from '../../sandbox/shop.ts'
import { orderOf } from './stack.ts'

const stack = useStack(({ deliver }) => deliver(orderOf('L-FIRST'), orderOf('L-SECOND')))

/** The list asks every ten seconds. */
const soon = { timeout: 30_000 }
const COLUMNS = '.order-row, .el-table__row, .cards > li'

test('new orders are told over the list without moving it, also in the title, and shown when asked', async ({
  page,
  snap,
}) => {
  await openOrders(page, stack(), '/orders')
  await expect(rowOf(page, 'L-FIRST')).toBeVisible()
  const before = await page.locator(COLUMNS).count()
  const place = () => rowOf(page, 'L-FIRST').boundingBox()
  const placed = await place()

  await stack().deliver(orderOf('L-NEW-1'), orderOf('L-NEW-2'))
  const news = page.getByRole('button', { name: '2 个新订单' })
  await expect(news).toBeVisible(soon)
  await expect(page).toHaveTitle('(2) 订单 · goBox')
  await expect(page.locator(COLUMNS)).toHaveCount(before)
  expect(await place()).toEqual(placed)
  await snap('orders-news')
  await page.emulateMedia({ colorScheme: 'dark' })
  await snap('orders-news-dark')
  expect(await graveViolations(page)).toEqual([])

  await news.click()
  await expect(rowOf(page, 'L-NEW-1')).toBeVisible()
  await expect(rowOf(page, 'L-NEW-2')).toBeVisible()
  await expect(news).toHaveCount(0)
  await expect(page).toHaveTitle('订单 · goBox')
})

test('a filtered list counts what fits its filter', async ({ page }) => {
  await stack().deliver(orderOf('L-REFUND-1', { status: 103 }))
  await openOrders(page, stack(), '/orders?status=103')
  await expect(rowOf(page, 'L-REFUND-1')).toBeVisible()
  await stack().deliver(orderOf('L-PAID'), orderOf('L-REFUND-2', { status: 103 }))
  await page.getByRole('button', { name: '1 个新的符合筛选' }).click(soon)
  await expect(rowOf(page, 'L-REFUND-2')).toBeVisible()
  await expect(rowOf(page, 'L-PAID')).toHaveCount(0)
})

test('the states of the orders in sight change in place', async ({ page }) => {
  await stack().deliver(orderOf('L-STATE'))
  await openOrders(page, stack(), '/orders')
  await expect(rowOf(page, 'L-STATE')).toContainText('支付成功')
  await stack().deliver(orderOf('L-STATE', { status: 103, update_time: timeText(Date.now()) }))
  await expect(rowOf(page, 'L-STATE')).toContainText('退款成功', soon)
})

test("the overview's figures follow the orders that come", async ({ page }) => {
  await openPage(page, stack(), '/')
  const today = page.getByRole('region', { name: '今天' })
  const orders = today.locator('dl > div').last().getByRole('link')
  await expect(orders).toBeVisible()
  const before = Number(await orders.textContent())
  await stack().deliver(orderOf('L-FIGURE'))
  await expect(orders).toHaveText(String(before + 1), soon)
})
