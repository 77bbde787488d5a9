import type { Page } from '@playwright/test'
import { chooseRow, expect, openOrders, rowOf, test, useStack } from './fixtures.ts'
import { orderOf } from './stack.ts'

const stack = useStack()

/** Whether the server still has the order. */
async function isThere(transId: string) {
  const { total } = await stack().ask<{ total: number }>('GET', `/api/orders?action=trade_view&trans_id=${transId}`)
  return total > 0
}

const waiting = (page: Page) => page.getByRole('status', { name: '即将删除' })

async function deleteOnItsPage(page: Page, transId: string) {
  await rowOf(page, transId).getByRole('link', { name: transId }).click()
  await page.locator('.order-detail > header').getByRole('button', { name: '删除' }).click()
  await page.getByRole('dialog', { name: '删除订单' }).getByRole('button', { name: '删除' }).click()
}

test('a deleted order can be taken back for ten seconds, and is gone after them', async ({ page, snap }) => {
  await stack().deliver(orderOf('T-BACK'), orderOf('T-GONE'))
  await openOrders(page, stack())
  await deleteOnItsPage(page, 'T-BACK')
  await expect(waiting(page)).toContainText('10 秒后删除订单 T-BACK')
  await expect(rowOf(page, 'T-BACK')).toHaveClass(/leaving/)
  await snap('order-undo')
  await waiting(page).getByRole('button', { name: '撤销' }).click()
  await expect(waiting(page)).toHaveCount(0)
  await expect(rowOf(page, 'T-BACK')).not.toHaveClass(/leaving/)

  await deleteOnItsPage(page, 'T-GONE')
  expect(await isThere('T-GONE')).toBe(true)
  await expect(rowOf(page, 'T-GONE')).toHaveCount(0, { timeout: 20_000 })
  expect(await isThere('T-GONE')).toBe(false)
  expect(await isThere('T-BACK')).toBe(true)
})

test('several are taken back together, and what is not goes on as a job', async ({ page }) => {
  await stack().deliver(orderOf('T-ONE'), orderOf('T-TWO'))
  await openOrders(page, stack(), '/orders?q=T-')
  for (const id of ['T-ONE', 'T-TWO']) await chooseRow(page, id)
  const remove = async () => {
    await page.getByRole('toolbar').getByRole('button', { name: '删除' }).click()
    await page.getByRole('button', { name: '删除 2 个' }).click()
  }
  await remove()
  await expect(waiting(page)).toContainText('10 秒后删除 2 个订单')
  await waiting(page).getByRole('button', { name: '撤销' }).click()
  for (const id of ['T-ONE', 'T-TWO']) await chooseRow(page, id)
  await remove()
  await expect(page.getByRole('region', { name: '删除订单' }).getByText('成功 2，失败 0')).toBeVisible({
    timeout: 25_000,
  })
  expect([await isThere('T-ONE'), await isThere('T-TWO')]).toEqual([false, false])
})

test('a page that is left carries the deletion out, one order or several', async ({ page }) => {
  await stack().deliver(orderOf('L-ONE'), orderOf('L-TWO'))
  await openOrders(page, stack(), '/orders?q=L-')
  await deleteOnItsPage(page, 'L-ONE')
  await expect(waiting(page)).toBeVisible()
  await page.goto('about:blank')
  await expect.poll(() => isThere('L-ONE')).toBe(false)

  await openOrders(page, stack(), '/orders?q=L-')
  await chooseRow(page, 'L-TWO')
  await page.getByRole('toolbar').getByRole('button', { name: '删除' }).click()
  await page.getByRole('button', { name: '删除 1 个' }).click()
  await expect(waiting(page)).toBeVisible()
  await page.goto('about:blank')
  await expect.poll(() => isThere('L-TWO')).toBe(false)
})

test('an order that may not be deleted any more stays, and says why', async ({ page, allowStatus }) => {
  allowStatus(409)
  await stack().deliver(orderOf('T-KEPT'))
  await openOrders(page, stack())
  await deleteOnItsPage(page, 'T-KEPT')
  await expect(waiting(page)).toBeVisible()
  const { root } = await stack().ask<{ root: { id: number }[] }>('GET', '/api/orders?action=trade_view&trans_id=T-KEPT')
  await stack().ask('POST', `/api/orders/${root[0]!.id}?action=import`)
  await expect(page.locator('.el-message')).toContainText('没有删除：', { timeout: 20_000 })
  await expect(rowOf(page, 'T-KEPT')).not.toHaveClass(/leaving/)
})
