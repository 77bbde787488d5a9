import type { Page } from '@playwright/test'
import { expect, openPage, test, useStack, viewer } from './fixtures.ts'
import { orderOf } from './stack.ts'

const stack = useStack(({ deliver }) => deliver(orderOf('T-1')))

test.beforeEach(() => stack().sandbox.control.clearFaults())

async function callWebhook(token: string, body: string) {
  return (
    await fetch(`${stack().url}/api/create_order`, {
      method: 'POST',
      headers: { token, 'content-type': 'application/json' },
      body,
    })
  ).status
}

/** Element Plus hides the input itself. */
const switchOf = (page: Page, name: string) =>
  page.locator('.el-switch').filter({ has: page.getByRole('switch', { name }) })

const localToken = async () => (await stack().ask<{ token: string }>('GET', '/api/set_of_books')).token

test('goBox checks its account before it is stored; what was typed stays when it refuses', async ({
  page,
  allowStatus,
  snap,
}) => {
  allowStatus(422, 502)
  await openPage(page, stack(), '/settings')
  await snap('settings')
  await page.getByLabel('密钥', { exact: true }).fill('wrong-key')
  await page.getByRole('button', { name: '保存并核对' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'goBox' })).toBeVisible()
  await expect(page.getByLabel('密钥', { exact: true })).toHaveValue('wrong-key')

  await page.getByLabel('密钥', { exact: true }).fill('sandbox-key-A001')
  await stack().sandbox.control.fault({ step: 'gobox.token', kind: 'status', times: 1 })
  await page.getByRole('button', { name: /核对/ }).click()
  await expect(page.getByRole('alert').filter({ hasText: '服务出错' })).toBeVisible()

  await page.getByRole('button', { name: /核对/ }).click()
  await expect(page.getByText('goBox 已接受这个账号')).toBeVisible()
  await expect(page.getByText(/访问凭证有效到 \d{4}-/)).toBeVisible()
})

test('the local token is hidden until asked, and replaced after a question', async ({ page }) => {
  const old = await localToken()
  await openPage(page, stack(), '/settings')
  await expect(page.getByText(old)).toHaveCount(0)
  await page.getByRole('button', { name: '显示', exact: true }).click()
  await expect(page.getByText(old, { exact: true })).toBeVisible()
  await expect(page.locator('pre')).toContainText(`-H 'Token: ${old}'`)

  await page.getByRole('button', { name: '更换', exact: true }).click()
  const question = page.getByRole('dialog', { name: '更换本地令牌？' })
  await expect(question.getByRole('button', { name: '取消' })).toBeFocused()
  await question.getByText('旧令牌立即作废').click()
  await question.getByRole('button', { name: '更换令牌' }).click()
  await expect(page.getByText('旧令牌已作废')).toBeVisible()
  const fresh = await localToken()
  await expect(page.getByText(fresh, { exact: true })).toBeVisible()
  expect(await callWebhook(old, '{}')).toBe(401)
})

test('the ready line for the shell is taken by the webhook', async ({ page }) => {
  await openPage(page, stack(), '/settings')
  await page.getByRole('button', { name: '显示', exact: true }).click()
  const line = await page.locator('pre').innerText()
  const [, token, body] = /-H 'Token: (\w+)'.* -d '(.+)'$/s.exec(line)!
  expect(await callWebhook(token!, body!)).toBe(200)
  // No cabinet waits for a configuration because of it.
  expect(await stack().ask('GET', '/api/devices/unconfigured')).toMatchObject({ total: 0 })
  await expect(async () => {
    await page.reload()
    await expect(page.getByText('刚刚')).toBeVisible({ timeout: 1000 })
  }).toPass({ timeout: 15_000 })
})

test('the test order of a shop without cabinets leaves none to be configured', async ({ page, snap }) => {
  await openPage(page, stack(), '/settings', { set_of_book: 'B002', user_name: '王建国' })
  await page.getByRole('button', { name: '显示', exact: true }).click()
  const line = page.locator('pre').filter({ hasText: 'create_order' })
  await expect(line).toContainText('"trans_id":"TEST')
  const [, token, body] = /Token: (\S+?)'.* -d '(.+)'/s.exec(await line.innerText())!
  expect(await callWebhook(token!, body!)).toBe(200)
  await page.goto(`${stack().url}/orders`)
  await expect(page.locator('.order-row, .cards > li')).toContainText('测试，没有货柜')
  await expect(page.getByRole('link', { name: '货柜未配置 0' })).toBeVisible()
  await snap('orders-test-order')
  await page.goto(`${stack().url}/devices`)
  await expect(page.getByRole('heading', { name: '还没有配置货柜' })).toBeVisible()
  await expect(page.locator('.unconfigured')).toHaveCount(0)
})

test('an access token that has expired is not said to be good, and the next download renews it', async ({ page }) => {
  const { settings } = stack().sandbox.state
  const { token_seconds: usual } = settings
  settings.token_seconds = 1
  const { id } = await stack().ask<{ id: number }>('GET', '/api/set_of_books')
  await stack().ask('PUT', `/api/set_of_books/${id}`, { app_key: 'sandbox-key-A001', user_name: 'shop-a' })
  settings.token_seconds = usual
  await expect(async () => {
    await openPage(page, stack(), '/settings')
    await expect(page.getByText(/访问凭证已在 \d{4}-.* 到期，下次向 goBox 下载时自动换新/)).toBeVisible({
      timeout: 1000,
    })
  }).toPass()
  await stack().ask('GET', '/api/orders?action=get_orders&trans_id=T-NONE')
  await page.reload()
  await expect(page.getByText(/访问凭证有效到 \d{4}-/)).toBeVisible()
})

test('what runs by itself is switched on, and says why it does not run', async ({ page, snap }) => {
  await stack().sandbox.control.fault({ step: 'gobox.trade', kind: 'status' })
  await openPage(page, stack(), '/settings?tab=automation')
  await switchOf(page, '自动下载订单').click()
  // Neither the one nor the other before it is saved.
  await expect(page.getByText('保存后打开')).toBeVisible()
  await expect(page.getByText('已关闭', { exact: true })).toHaveCount(1)
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('已保存')).toBeVisible()
  await expect(page.getByText('保存后打开')).toHaveCount(0)
  await expect(async () => {
    await page.reload()
    await expect(page.getByText('goBox 查询订单失败')).toBeVisible({ timeout: 1000 })
  }).toPass({ timeout: 15_000 })
  await expect(page.getByText('出错', { exact: true })).toBeVisible()
  await snap('settings-automation')
  await switchOf(page, '自动下载订单').click()
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('出错', { exact: true })).toBeHidden()
})

test('a message that was not understood shows its reason, cannot be replayed unmended, and is deleted after a question', async ({
  page,
  allowStatus,
  snap,
}) => {
  allowStatus(400)
  for (const word of ['first', 'second'])
    await callWebhook(await localToken(), `{"trans_id":"T-BROKEN","status":100,"word":"${word}"}`)
  await openPage(page, stack(), '/settings?tab=messages')
  const message = page.getByRole('listitem').filter({ hasText: '必填' })
  await expect(message).toContainText('T-BROKEN')
  await expect(message).toContainText('共 2 次，自')
  await message.getByText('消息原文').click()
  await expect(message.locator('pre')).toContainText('"second"')
  await message.getByRole('button', { name: '重放' }).click()
  await expect(message.getByRole('alert')).toContainText('必填')
  await snap('settings-messages')
  await message.getByRole('button', { name: '修改' }).click()
  const editor = page.getByRole('dialog', { name: '修改消息 T-BROKEN' })
  await expect(editor.getByRole('status')).toContainText('还有 5 处要改')
  await editor
    .getByLabel('消息原文')
    .fill(
      '{"trans_id":"T-BROKEN","status":100,"e_id":"E","dev_id":10081,"create_time":"2026-11-20","update_time":"2026-11-20","products":[{"barcode":"1","num":1,"amount":1}]}',
    )
  await expect(editor.getByRole('status')).toContainText('商品第 1 行：名称：必填')
  await expect(editor.getByRole('button', { name: '重放' })).toBeDisabled()
  await snap('settings-message-edit')
  await editor.getByRole('button', { name: '取消' }).click()
  await message.getByRole('button', { name: '删除' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '删除这条消息' }).click()
  await expect(page.getByRole('heading', { name: '没有看不懂的消息' })).toBeVisible()
})

test('the account set is given a name that people know, which stands at the top of each page', async ({
  page,
  snap,
}) => {
  await openPage(page, stack(), '/settings')
  const bar = page.locator('.frame-top-bar')
  await expect(bar).toContainText('A001')
  await page.getByLabel('账套的名称').fill('南山一店（科技园、医院、大学城和福田站的所有货柜，含仓库）')
  await page.getByRole('button', { name: '保存名称' }).click()
  await expect(bar.locator('.account')).toContainText('南山一店')
  await snap('settings-name')
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  await expect(page.getByRole('button', { name: '退出登录' })).toBeInViewport({ ratio: 1 })
  await openPage(page, stack(), '/orders', viewer)
  await expect(bar.locator('.account')).toContainText('南山一店')
  await openPage(page, stack(), '/settings')
  await page.getByLabel('账套的名称').fill('')
  await page.getByRole('button', { name: '保存名称' }).click()
  await expect(bar.locator('.account')).not.toContainText('南山一店')
})

test('the log tells who changed what', async ({ page, snap }) => {
  const { root } = await stack().ask<{ root: { id: number; name: string }[] }>('GET', '/api/devices')
  await stack().ask('PUT', `/api/devices/${root[0]!.id}`, { bill_type: 2 })
  await stack().ask('PUT', `/api/devices/${root[0]!.id}`, { bill_type: 0 })
  await openPage(page, stack(), '/settings?tab=audit')
  const entry = page.getByRole('listitem').filter({ hasText: '修改货柜' }).first()
  await expect(entry).toContainText(root[0]!.name)
  await expect(entry).toContainText('发票类型: 增值税发票 → 收据')
  // Log-ins that follow each other and say the same are one row.
  const query = new URLSearchParams({ url: stack().sandbox.c8Url, set_of_book: 'A001', user_name: '陈晓东' })
  for (let time = 0; time < 3; time++)
    await fetch(`${stack().url}/api/access_token?${query}`, { headers: { token: 'c8-token-A001' } })
  await page.reload()
  const first = page.locator('.settings-section li').first()
  await expect(first).toContainText('登录')
  await expect(first).toContainText(/[3-9] 次，从/)
  await snap('settings-audit')
  await page.getByLabel('按用户查找').fill('没有这个人')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: '没有这样的记录' })).toBeVisible()
  await page.getByLabel('按用户查找').fill('陈')
  await page.keyboard.press('Enter')
  await expect(entry).toBeVisible()
  const [request, download] = await Promise.all([
    page.waitForRequest('**/api/audit/export*'),
    page.waitForEvent('download'),
    page
      .getByRole('button', { name: '导出' })
      .click()
      .then(() => page.getByRole('menuitem', { name: 'Excel' }).click()),
  ])
  expect(new URL(request.url()).searchParams.get('user')).toBe('陈')
  expect(download.suggestedFilename()).toMatch(/^操作记录_.*\.xlsx$/)
})

test('who may only look sees what they may do, no secret and no log', async ({ page, snap }) => {
  await openPage(page, stack(), '/settings', viewer)
  await expect(page.getByText('本地令牌只有有“修改”权限的人能看到')).toBeVisible()
  await expect(page.getByRole('button', { name: /核对|更换|显示/ })).toHaveCount(0)
  await expect(page.getByRole('tab', { name: '记录' })).toHaveCount(0)
  await page.getByRole('tab', { name: '权限' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: '查看订单' })).toContainText('可以')
  await expect(page.getByRole('listitem').filter({ hasText: '下载和导入' })).toContainText('不可以')
  await snap('settings-rights')
})
