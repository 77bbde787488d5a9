import { expect, graveViolations, openOrders, rowOf, test, useStack } from './fixtures.ts'
import { orderOf } from './stack.ts'

const stack = useStack(async ({ deliver, ask, sandbox: { control } }) => {
  await deliver(orderOf('T-IDLE', { daysAgo: 3 }), orderOf('T-MAYBE'), orderOf('T-BACK'))
  const { root } = await ask<{ root: { id: number; trans_id: string }[] }>('GET', '/api/orders?action=trade_view')
  const importAtServer = (transId: string) =>
    ask('POST', `/api/orders/${root.find(({ trans_id }) => trans_id === transId)!.id}?action=import`).catch(
      () => undefined,
    )
  await importAtServer('T-BACK')
  await deliver(orderOf('T-BACK', { status: 103 }))
  await control.fault({ step: 'c8.retail_create', kind: 'create_then_500', containing: 'T-MAYBE' })
  await importAtServer('T-MAYBE')
  await control.fault({ step: 'c8.retail_lookup', kind: 'refuse', message: '暂停服务', containing: 'T-MAYBE' })
  await importAtServer('T-MAYBE')
})

test('the filter of import states has the words of the tags, each finds its orders, and the menu leads back to it', async ({
  page,
  isPhone,
  snap,
}) => {
  await openOrders(page, stack())
  if (isPhone) await page.getByRole('button', { name: '筛选' }).click()
  const open = () => page.getByRole('button', { name: /^导入状态/ }).click()
  const entries = page.getByRole('menuitem')
  await open()
  await expect(entries.filter({ visible: true })).toHaveText([
    '全部',
    '未导入',
    '排队中',
    '导入中',
    '已导入',
    '导入失败',
    '等待确认',
    '退款需处理',
  ])
  await snap('orders-filter-states')
  await entries.filter({ hasText: '等待确认' }).click()
  await expect(rowOf(page, 'T-')).toHaveCount(1)
  await expect(rowOf(page, 'T-MAYBE')).toContainText('等待确认')
  await open()
  await entries.filter({ hasText: '退款需处理' }).click()
  await expect(rowOf(page, 'T-BACK')).toContainText('已退款需处理')
  await expect(rowOf(page, 'T-')).toHaveCount(1)
  await expect(page).toHaveURL(/orders\?refund_handled=0$/)
  if (isPhone) await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: '去掉筛选 退款需处理' })).toBeVisible()
  expect(await graveViolations(page)).toEqual([])

  const menu = page.getByRole('navigation', { name: '主菜单' })
  await menu.getByRole('link', { name: '概览' }).click()
  await expect(page).toHaveURL(/\/$/)
  await menu.getByRole('link', { name: '订单' }).click()
  await expect(page).toHaveURL(/orders\?refund_handled=0$/)
  await expect(rowOf(page, 'T-')).toHaveCount(1)
  // On the list itself the menu shows all of it.
  await menu.getByRole('link', { name: '订单' }).click()
  await expect(page).toHaveURL(/orders$/)
  await expect(rowOf(page, 'T-')).toHaveCount(3)
})

test('own dates hold only once they are chosen', async ({ page, isPhone, snap }) => {
  await openOrders(page, stack())
  if (isPhone) await page.getByRole('button', { name: '筛选' }).click()
  await page
    .getByRole('button', { name: /^下单时间/ })
    .first()
    .click()
  await page.getByRole('menuitem', { name: '自选日期…' }).click()
  const dates = page.locator('.date-filter input')
  await expect(dates).toHaveCount(2)
  for (const date of await dates.all()) await expect(date).toHaveValue('')
  await expect(page).toHaveURL(/orders$/)
  await expect(page.getByRole('list', { name: '正在使用的筛选' })).toHaveCount(0)
  await snap('orders-own-dates')
})
