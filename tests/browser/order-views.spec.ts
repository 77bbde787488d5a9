import type { Page } from '@playwright/test'
import { expect, graveViolations, openOrders, openPage, rowOf, test, useStack, viewer } from './fixtures.ts'
import { orderOf, unconfigured } from './stack.ts'

const stack = useStack(({ deliver }) =>
  deliver(
    orderOf('T-PAID'),
    orderOf('T-OLD', { daysAgo: 20 }),
    orderOf('T-REFUND', { status: 103, daysAgo: 3 }),
    orderOf('T-CABINET', { dev_id: unconfigured, daysAgo: 2 }),
  ),
)

test.beforeEach(async () => {
  const { root } = await stack().ask<{ root: { id: number }[] }>('GET', '/api/order_views')
  for (const { id } of root) await stack().ask('DELETE', `/api/order_views/${id}`)
  await stack().ask('PUT', '/api/order_views/default', { view: null })
})

const views = (page: Page) => page.getByRole('navigation', { name: '视图' })
const tab = (page: Page, name: string | RegExp) => views(page).getByRole('link', { name })
const save = (name: string, query: string, shared = 0) =>
  stack().ask<{ id: number }>('POST', '/api/order_views', { name, query, shared })

test('views stand over the orders with their counts, and opening one fills the address', async ({ page, snap }) => {
  await openOrders(page, stack())
  await expect(tab(page, '全部 4')).toHaveAttribute('aria-current', 'page')
  await snap('orders-views')
  await tab(page, '可导入 2').click()
  await expect(page).toHaveURL(/import_state=idle&status=100&unconfigured=0&view=importable/)
  await expect(rowOf(page, 'T-PAID')).toBeVisible()
  await expect(rowOf(page, 'T-CABINET')).toHaveCount(0)
  await expect(tab(page, /^可导入/)).toHaveAttribute('aria-current', 'page')
  expect(await graveViolations(page)).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(page.locator('html')).toHaveClass(/dark/)
  expect(await graveViolations(page, ['color-contrast'])).toEqual([])
  await snap('orders-views-dark')
  // The whole list asks once for all of them.
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/api/order_views')) asked.push(request.url())
  })
  await page.reload()
  await expect(tab(page, '失败 0')).toBeVisible()
  expect(asked).toHaveLength(1)
})

test('a changed view says so, and is saved or comes back', async ({ page }) => {
  await save('退款', 'status=103')
  await openOrders(page, stack())
  await tab(page, '退款 1').click()
  await expect(rowOf(page, 'T-REFUND')).toBeVisible()
  await expect(views(page).getByText('视图已改动')).toHaveCount(0)

  await page.getByRole('button', { name: '去掉筛选 状态: 退款成功' }).click()
  await expect(rowOf(page, 'T-PAID')).toBeVisible()
  await expect(views(page).getByText('视图已改动')).toBeVisible()
  await expect(tab(page, /^退款 /)).toHaveAttribute('aria-current', 'page')
  await views(page).getByRole('button', { name: '还原' }).click()
  await expect(page).toHaveURL(/status=103/)
  await expect(rowOf(page, 'T-PAID')).toHaveCount(0)

  await page.getByRole('textbox', { name: '交易编号、用户id或零售单单号' }).fill('T-REF')
  await page.keyboard.press('Enter')
  await views(page).getByRole('button', { name: '保存', exact: true }).click()
  await expect(page.getByText('视图已保存')).toBeVisible()
  await expect(views(page).getByText('视图已改动')).toHaveCount(0)
  const { root } = await stack().ask<{ root: { query: string }[] }>('GET', '/api/order_views')
  expect(root[0]!.query).toMatch(/q=T-REF&status=103/)
})

test('a filter is saved under a name with its columns, and its days move on', async ({ page, isPhone, snap }) => {
  await openOrders(page, stack())
  if (isPhone) await page.getByRole('button', { name: '筛选' }).click()
  await page.getByRole('button', { name: '下单时间', exact: false }).first().click()
  await page.getByRole('menuitem', { name: '近 7 天' }).click()
  await expect(rowOf(page, 'T-OLD')).toHaveCount(0)
  if (isPhone) await page.getByRole('button', { name: /^查看 \d+ 个订单$/ }).click()
  await views(page).getByRole('button', { name: '存为视图' }).click()
  const form = page.getByRole('dialog', { name: '存为视图' })
  await expect(form.getByText('日期存为“近 7 天”，随日历变动')).toBeVisible()
  await expect(form.getByRole('button', { name: '保存' })).toBeDisabled()
  await form.getByLabel('视图名称').fill('这一周')
  await snap('orders-view-form')
  await form.getByRole('button', { name: '保存' }).click()
  await expect(form).toBeHidden()
  await expect(tab(page, '这一周 3')).toHaveAttribute('aria-current', 'page')
  const { root } = await stack().ask<{ root: { query: string }[] }>('GET', '/api/order_views')
  expect(root[0]!.query).toMatch(isPhone ? /^dates=days7$/ : /^columns=.*&dates=days7$/)

  if (isPhone) return
  await page.getByRole('button', { name: '列和密度' }).click()
  await page.locator('.el-checkbox').filter({ hasText: '用户id' }).click()
  await expect(page.getByRole('columnheader', { name: '用户id' })).toBeVisible()
  await expect(views(page).getByText('视图已改动')).toBeVisible()
  await tab(page, /^全部/).click()
  await expect(page.getByRole('columnheader', { name: '用户id' })).toHaveCount(0)
})

test('a name that is taken is told where it was typed', async ({ page, allowStatus }) => {
  allowStatus(409)
  await save('退款', 'status=103')
  await openOrders(page, stack(), '/orders?status=100')
  await views(page).getByRole('button', { name: '存为视图' }).click()
  const form = page.getByRole('dialog', { name: '存为视图' })
  await form.getByLabel('视图名称').fill('退款')
  await form.getByRole('button', { name: '保存' }).click()
  await expect(form.getByText('已经有名为“退款”的视图，请换一个名字')).toBeVisible()
  await expect(form.getByLabel('视图名称')).toHaveValue('退款')
})

test('the list opens with the view that was chosen, and all orders stay one step away', async ({ page }) => {
  await openOrders(page, stack(), '/orders?status=103')
  await tab(page, /^失败/).click()
  await views(page).getByRole('button', { name: '管理视图' }).click()
  const form = page.getByRole('dialog', { name: '视图“失败”' })
  await form.getByText('打开订单时先显示它').click()
  await form.getByRole('button', { name: '保存' }).click()
  await expect(form).toBeHidden()
  await page.goto(`${stack().url}/orders`)
  await expect(page).toHaveURL(/import_state=failed&view=failed/)
  await tab(page, /^全部/).click()
  await expect(page).toHaveURL(/\/orders\?view=all$/)
  await expect(rowOf(page, 'T-PAID')).toBeVisible()
  await page.reload()
  await expect(rowOf(page, 'T-PAID')).toBeVisible()

  // Another browser learns it from the server.
  await page.evaluate('localStorage.removeItem(Object.keys(localStorage).find((key) => key.includes("first")))')
  await page.goto(`${stack().url}/orders`)
  await expect(page).toHaveURL(/import_state=failed&view=failed/)
})

test('a shared view is seen by all, and changed and deleted by those who may edit', async ({ page }) => {
  await save('大家的', 'status=103', 1)
  await openPage(page, stack(), '/orders', viewer)
  await tab(page, '大家的 1').click()
  await views(page).getByRole('button', { name: '管理视图' }).click()
  const form = page.getByRole('dialog', { name: '视图“大家的”' })
  await expect(form.getByText('由 陈晓东 共享')).toBeVisible()
  await expect(form.getByRole('button', { name: '删除视图' })).toHaveCount(0)
  await form.getByRole('button', { name: '取消' }).click()

  await openOrders(page, stack())
  await tab(page, '大家的 1').click()
  await views(page).getByRole('button', { name: '管理视图' }).click()
  await form.getByRole('button', { name: '删除视图' }).click()
  const question = page.getByRole('dialog', { name: '删除视图' })
  await expect(question.getByRole('button', { name: '取消' })).toBeFocused()
  await question.getByRole('button', { name: '删除视图' }).click()
  await expect(tab(page, /^大家的/)).toHaveCount(0)
  await expect(tab(page, /^全部/)).toHaveAttribute('aria-current', 'page')
})

test('many views scroll within their strip, never the page', async ({ page, snap }) => {
  for (let number = 1; number <= 20; number++) await save(`很长很长很长的视图名称 ${number}`, `dev_id=${number}`)
  await openOrders(page, stack(), '/orders')
  const last = tab(page, /视图名称 20/)
  await expect(last).toBeAttached()
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  await last.click()
  await expect(last).toHaveAttribute('aria-current', 'page')
  await page.reload()
  await expect(last).toBeInViewport()
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  await snap('orders-views-many')
})
