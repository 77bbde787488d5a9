import { endSession, expect, openOrders, openPage, rowOf, saveDevice, test, useStack } from './fixtures.ts'
import { orderOf } from './stack.ts'

// Every failure is answered 200 there.
const stack = useStack(({ deliver }) => deliver(orderOf('T-1'), orderOf('T-2')), { NUXT_LEGACY_STATUS: 'true' })

test('a session that ends leads to the log-in and back', async ({ page }) => {
  await openOrders(page, stack(), '/orders?q=T-1')
  await expect(rowOf(page, 'T-1')).toBeVisible()
  await endSession(page, stack())
  await page.getByRole('button', { name: '刷新' }).click()
  await expect(page.getByText('登录已结束，请重新登录')).toBeVisible()
  await page.getByRole('textbox', { name: 'C8 Token' }).fill('c8-token-A001')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/orders\?q=T-1/)
  await expect(rowOf(page, 'T-1')).toBeVisible()
})

test('a refused log-in says why and stays', async ({ page }) => {
  await page.goto(stack().link({ c8Token: 'wrong' }))
  await expect(page.getByText('C8 不认可这次登录')).toBeVisible()
  await expect(page).toHaveURL(/login/)
})

test('what is not there is told as such', async ({ page }) => {
  await openOrders(page, stack(), '/orders/987654')
  await expect(page.getByRole('heading', { name: '没有这个订单' })).toBeVisible()
})

test('a number that is taken marks its field', async ({ page }) => {
  await openPage(page, stack(), '/devices?configure=10081')
  await saveDevice(page, '重复的货柜')
  const form = page.getByRole('dialog', { name: '新建货柜' })
  await expect(form.locator('.el-form-item__error')).toContainText('10081')
  await expect(form.getByLabel('名称')).toHaveValue('重复的货柜')
})

test('an export that fails says why instead of saving the failure as a file', async ({ page }) => {
  await openOrders(page, stack())
  await expect(rowOf(page, 'T-1')).toBeVisible()
  await page.route('**/api/orders/export*', (route) =>
    route.fulfill({ headers: { 'x-status': '503' }, json: { state: 0, errmsg: '存储暂时不可用，请稍后再试' } }),
  )
  await page.getByRole('button', { name: '导出' }).click()
  await page.getByRole('menuitem', { name: /CSV/ }).click()
  await expect(page.locator('.el-message')).toContainText('存储暂时不可用')
})
