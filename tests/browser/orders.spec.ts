import { readFile } from 'node:fs/promises'
import { chooseRow, expect, openOrders, rowOf, test, useStack } from './fixtures.ts'
import { bread, orderOf, unconfigured, water } from './stack.ts'

const many = Array.from({ length: 40 }, (_, index) =>
  orderOf(`T-MANY-${String(index).padStart(2, '0')}`, { daysAgo: 20, products: [{ ...water, amount: 1 + index }] }),
)
const stack = useStack(({ deliver }) =>
  deliver(
    ...many,
    orderOf('T-TODAY', { products: [water, bread] }),
    orderOf('T-REFUND', { status: 103, daysAgo: 3 }),
    orderOf('T-BREAD', { products: [bread], daysAgo: 2 }),
    orderOf('T-CABINET', { dev_id: unconfigured, daysAgo: 2 }),
    orderOf('T-RESET', { daysAgo: 4 }),
    orderOf('T-DELETE', { daysAgo: 4 }),
    orderOf('T-DOWN', { daysAgo: 4 }),
  ),
)

test('filters stand in the address, can be taken away one by one, and come back with the link', async ({
  page,
  isPhone,
}) => {
  await openOrders(page, stack())
  if (isPhone) await page.getByRole('button', { name: '筛选' }).click()
  await page.getByRole('button', { name: '状态' }).first().click()
  await page.getByRole('menuitem', { name: '退款成功' }).click()
  await expect(page).toHaveURL(/status=103/)
  await expect(rowOf(page, 'T-REFUND')).toBeVisible()
  await expect(rowOf(page, 'T-TODAY')).toHaveCount(0)
  await page.reload()
  await expect(rowOf(page, 'T-REFUND')).toBeVisible()
  await page.getByRole('button', { name: '去掉筛选 状态: 退款成功' }).click()
  await expect(rowOf(page, 'T-TODAY')).toBeVisible()
  await expect(page).not.toHaveURL(/status/)
})

test('a slash goes to the search, Enter searches, and an empty answer offers the next step', async ({
  page,
  isPhone,
  snap,
}) => {
  await openOrders(page, stack())
  await expect(rowOf(page, 'T-TODAY')).toBeVisible()
  const toSearch = async () =>
    isPhone ? page.getByRole('textbox', { name: '交易编号、用户id或零售单单号' }).tap() : page.keyboard.press('/')
  await toSearch()
  await page.keyboard.type('T-BREAD')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/q=T-BREAD/)
  await expect(rowOf(page, 'T-TODAY')).toHaveCount(0)
  await expect(rowOf(page, 'T-BREAD')).toBeVisible()
  await toSearch()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('nothing')
  await (isPhone ? page.keyboard.press('Enter') : page.getByRole('button', { name: '搜索' }).click())
  await expect(page.getByRole('heading', { name: '这个范围没有订单' })).toBeVisible()
  await snap('orders-none-found')
})

test("a day range is the shop's, and pages and sorting stand in the address", async ({ page, isPhone }) => {
  await openOrders(page, stack(), '/orders?size=30')
  if (isPhone) {
    await page.getByRole('button', { name: '筛选' }).click()
    await page.getByRole('button', { name: '排序' }).click()
    await page.getByRole('menuitem', { name: '金额从高到低' }).click()
    await page.getByRole('button', { name: /^查看 \d+ 个订单$/ }).click()
  } else {
    await page.getByRole('columnheader', { name: '金额' }).click()
  }
  await expect(page).toHaveURL(/sort=-total_amount/)
  await expect(page.locator('.order-row, .cards > li').first()).toContainText('T-MANY-39')
  await page.getByRole('button', { name: '下一页' }).click()
  await expect(page).toHaveURL(/page=2/)
  await expect(rowOf(page, 'T-TODAY')).toBeVisible()
  if (isPhone) await page.getByRole('button', { name: '筛选' }).click()
  await page.getByRole('button', { name: '下单时间', exact: false }).first().click()
  await page.getByRole('menuitem', { name: '今天' }).click()
  await expect(page.getByText('共 1 个订单')).toBeVisible()
})

test('columns and density are chosen and remembered, and lines unfold', async ({ page, isPhone }) => {
  test.skip(isPhone, 'cards have no columns')
  await openOrders(page, stack())
  await page.getByRole('button', { name: '列和密度' }).click()
  await page.locator('.order-columns').getByText('用户id').click()
  await expect(page.getByRole('columnheader', { name: '用户id' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('columnheader', { name: '用户id' })).toBeVisible()
  await rowOf(page, 'T-TODAY').locator('.unfold button').click()
  await expect(page.locator('.order-lines').getByText(bread.barcode)).toBeVisible()
})

test('an order opens beside the list with an address of its own, and Esc closes it', async ({
  page,
  isPhone,
  snap,
}) => {
  await openOrders(page, stack(), '/orders?status=100')
  await rowOf(page, 'T-TODAY').getByRole('link').first().click()
  await expect(page).toHaveURL(/orders\/\d+\?status=100/)
  await expect(page.getByRole('heading', { name: '经过' })).toBeVisible()
  await expect(page.getByText('科技园无人柜仓')).toBeVisible()
  await snap('order')
  if (isPhone) await page.getByRole('button', { name: '返回列表' }).click()
  else await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/orders\?status=100/)
})

test("an import that C8 refuses tells why under the tag and in the order's history", async ({
  page,
  allowStatus,
  isPhone,
}) => {
  allowStatus(422)
  await openOrders(page, stack(), `/orders?q=${isPhone ? 'T-CABINET' : 'T-BREAD'}`)
  await rowOf(page, isPhone ? 'T-CABINET' : 'T-BREAD')
    .getByRole('link')
    .first()
    .click()
  await page.getByRole('button', { name: '导入', exact: true }).last().click()
  await expect(page.locator('.el-message')).toContainText(isPhone ? '货柜' : bread.barcode)
  await expect(page.locator('.order-history')).toContainText('导入失败')
  await expect(page.getByRole('button', { name: '重试' }).last()).toBeVisible()
  if (!isPhone) await expect(page.locator('.order-lines tr.failed')).toContainText(bread.name)
})

test('all that match are chosen at once, with their count and amount', async ({ page, snap }) => {
  await openOrders(page, stack(), '/orders?size=30&q=T-MANY')
  await chooseRow(page, 'T-MANY-39')
  await page.getByRole('button', { name: '选择全部 40 个符合条件的' }).click()
  const bar = page.getByRole('toolbar', { name: '所选订单' })
  await expect(bar).toContainText('已选 40 个 ¥820.00')
  await bar.getByRole('button', { name: '重置' }).click()
  await expect(page.getByText('40 个没有导入过')).toBeVisible()
  await snap('action-nothing')
})

test('an order whose document still exists is not reset, and one whose document is gone is', async ({
  page,
  allowStatus,
  isPhone,
}) => {
  allowStatus(409)
  const { root } = await stack().ask<{ root: { id: number }[] }>(
    'GET',
    '/api/orders?action=trade_view&trans_id=T-RESET',
  )
  await stack().ask('POST', `/api/orders/${root[0]!.id}?action=import`)
  await openOrders(page, stack(), '/orders?q=T-RESET')
  const reset = async () => {
    await chooseRow(page, 'T-RESET')
    await page.getByRole('toolbar').getByRole('button', { name: '重置' }).click()
    await page.getByRole('button', { name: '重置 1 个' }).click()
  }
  await reset()
  const panel = page.getByRole('region', { name: '状态重置' })
  await expect(panel.getByText('成功 0，失败 1')).toBeVisible()
  if (isPhone) await panel.getByRole('button', { name: '展开' }).click()
  await expect(panel).toContainText('零售单依然存在')
  await panel.getByRole('button', { name: '关闭' }).click()

  const [document] = await stack().sandbox.control.documents('T-RESET')
  await stack().sandbox.control.deleteDocument(document!.id)
  await reset()
  await expect(panel.getByText('成功 1，失败 0')).toBeVisible()
  await expect(rowOf(page, 'T-RESET')).toContainText('未导入')
})

test('deleting names how many, keeps the safe answer at hand, and removes them', async ({ page }) => {
  await openOrders(page, stack(), '/orders?q=T-DELETE')
  await chooseRow(page, 'T-DELETE')
  await page.getByRole('toolbar').getByRole('button', { name: '删除' }).click()
  await expect(page.getByRole('button', { name: '取消', exact: true })).toBeFocused()
  await page.getByRole('button', { name: '删除 1 个' }).click()
  await expect(page.getByRole('region', { name: '删除订单' }).getByText('成功 1，失败 0')).toBeVisible()
  await expect(rowOf(page, 'T-DELETE')).toHaveCount(0)
})

test('a download of a month goes week by week, and a goBox that is away stops it with what has arrived', async ({
  page,
  allowStatus,
  snap,
}) => {
  allowStatus(502)
  const { control } = stack().sandbox
  await openOrders(page, stack())
  await page.getByRole('button', { name: '下载订单' }).click()
  const dialog = page.getByRole('dialog', { name: '从 goBox 下载订单' })
  await dialog.getByRole('button', { name: '近 30 天' }).click()
  await control.fault({ step: 'gobox.trade', kind: 'status', status: 500, times: 1 })
  await dialog.getByRole('button', { name: '开始下载' }).click()
  await expect(dialog.getByText('已停止')).toBeVisible()
  await expect(dialog.getByRole('alert')).toContainText('goBox')
  await snap('download-stopped')
  await control.clearCalls()
  await dialog.getByRole('button', { name: '开始下载' }).click()
  await expect(dialog.getByText('下载完成')).toBeVisible()
  expect((await control.calls('gobox.trade')).length).toBe(5)
})

test('the current filter is exported as a file', async ({ page }) => {
  await openOrders(page, stack(), '/orders?q=T-TODAY')
  await expect(rowOf(page, 'T-TODAY')).toBeVisible()
  await page.getByRole('button', { name: '导出' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /CSV/ }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/\.csv$/)
  const text = await readFile(await download.path(), 'utf8')
  expect(text).toContain('T-TODAY')
  expect(text).not.toContain('T-MANY')
})
