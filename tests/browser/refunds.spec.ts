import { endSession, expect, graveViolations, openOrders, openPage, rowOf, test, useStack, viewer } from './fixtures.ts'
import { timeText } from '../../sandbox/shop.ts'
import { orderOf } from './stack.ts'

const stack = useStack(async ({ ask, deliver }) => {
  await deliver(orderOf('R-BACK', { daysAgo: 3 }), orderOf('R-STUCK', { daysAgo: 4 }))
  const { root } = await ask<{ root: { id: number }[] }>('GET', '/api/orders?action=trade_view')
  for (const { id } of root) await ask('POST', `/api/orders/${id}?action=import`)
  await deliver(
    orderOf('R-BACK', { daysAgo: 3, status: 103, update_time: timeText(Date.now() - 60_000) }),
    orderOf('R-STUCK', { daysAgo: 4, status: 102, update_time: timeText(Date.now() - 2 * 86_400_000) }),
  )
})

test('a refund after the import waits until somebody notes what was done, and can be taken back', async ({
  page,
  isPhone,
  snap,
}) => {
  await openPage(page, stack(), '/')
  await expect(page.getByRole('link', { name: /导入后退款 2 单/ })).toBeVisible()
  await expect(page.getByRole('link', { name: /退款超期 1 单/ })).toBeVisible()
  await page.getByRole('link', { name: /导入后退款 2 单/ }).click()
  await expect(rowOf(page, 'R-BACK')).toContainText('已退款需处理')
  await expect(rowOf(page, 'R-STUCK')).toContainText('退款未完成需处理')
  if (isPhone) await rowOf(page, 'R-BACK').getByRole('link').first().click()
  else await rowOf(page, 'R-BACK').getByText('R-BACK').click()
  await page.getByRole('button', { name: '处理退款' }).click()
  const save = page.getByRole('button', { name: '记为已处理' })
  await expect(save).toBeDisabled()
  await page.getByRole('textbox', { name: '做了什么' }).fill('退货单 TH-1')
  await snap('order-refund')
  await save.click()
  const refund = page.locator('.order-refund')
  await expect(refund).toContainText('退货单 TH-1')
  await expect(refund).toContainText('陈晓东')
  await expect(page.locator('.order-history')).toContainText('退款已处理')
  expect(await graveViolations(page)).toEqual([])
  if (!isPhone) await expect(rowOf(page, 'R-BACK')).toHaveCount(0)
  await refund.getByRole('button', { name: '改为未处理' }).click()
  await expect(page.getByRole('button', { name: '处理退款' })).toBeVisible()
})

test('the refunds are chosen in the filter, those overdue with the oldest first', async ({ page, isPhone }) => {
  await openOrders(page, stack())
  await page.getByRole('button', { name: isPhone ? '筛选' : '更多' }).click()
  await page.getByRole('button', { name: '退款', exact: false }).click()
  await page.getByRole('menuitem', { name: '超过一天未完成' }).click()
  await expect(page).toHaveURL(/refund_overdue=1/)
  await expect(rowOf(page, 'R-STUCK')).toBeVisible()
  await expect(rowOf(page, 'R-BACK')).toHaveCount(0)
  if (isPhone) await page.getByRole('button', { name: /^查看 \d+ 个订单$/ }).click()
  await page.getByRole('button', { name: '去掉筛选 退款超期: 是' }).click()
  await expect(rowOf(page, 'R-BACK')).toBeVisible()
})

test('who may only look sees that a refund waits, but cannot note anything', async ({ page }) => {
  const { root } = await stack().ask<{ root: { id: number }[] }>(
    'GET',
    '/api/orders?action=trade_view&trans_id=R-STUCK',
  )
  await openPage(page, stack(), `/orders/${root[0]!.id}`, viewer)
  await expect(page.locator('.order-refund')).toContainText('退款超过一天没有完成')
  await expect(page.getByRole('button', { name: '处理退款' })).toHaveCount(0)
})

test('a note that was being typed comes back after the log-in, and is forgotten when it is cancelled', async ({
  page,
  allowStatus,
}) => {
  allowStatus(401)
  const { root } = await stack().ask<{ root: { id: number }[] }>(
    'GET',
    '/api/orders?action=trade_view&trans_id=R-STUCK',
  )
  await openPage(page, stack(), `/orders/${root[0]!.id}`)
  await page.getByRole('button', { name: '处理退款' }).click()
  const note = page.getByRole('textbox', { name: '做了什么' })
  await note.fill('退货单 TH-2，等')
  await endSession(page, stack())
  await page.getByRole('button', { name: '记为已处理' }).click()
  await expect(page.getByText('登录已结束，请重新登录')).toBeVisible()
  await page.getByRole('textbox', { name: 'C8 Token' }).fill('c8-token-A001')
  await page.keyboard.press('Enter')
  await expect(note).toHaveValue('退货单 TH-2，等')
  await page.locator('.order-refund').getByRole('button', { name: '取消' }).click()
  await page.reload()
  await expect(page.getByRole('button', { name: '处理退款' })).toBeVisible()
})
