import type { Page } from '@playwright/test'
import { endSession, expect, openPage, test, useStack } from './fixtures.ts'
import { bread, orderOf, unconfigured } from './stack.ts'

const stack = useStack(async ({ deliver, ask }) => {
  await deliver(orderOf('T-1', { dev_id: unconfigured }), orderOf('T-BREAD', { products: [bread] }))
  await deliver(orderOf('T-BROKEN', { status: 999 })).catch(() => undefined)
  await ask('POST', `/api/orders/${await idOf('T-BREAD')}?action=import`).catch(() => undefined)
})

async function idOf(transId: string) {
  const query = new URLSearchParams({ action: 'trade_view', trans_id: transId })
  const { root } = await stack().ask<{ root: { id: number }[] }>('GET', `/api/orders?${query}`)
  return root[0]!.id
}

test.beforeEach(({ allowStatus }) => allowStatus(401))

async function logInAgain(page: Page) {
  await expect(page.getByText('登录已结束，请重新登录')).toBeVisible()
  await page.getByRole('textbox', { name: 'C8 Token' }).fill('c8-token-A001')
  await page.keyboard.press('Enter')
}

const kept = (page: Page) =>
  page.evaluate('JSON.stringify(Object.entries(sessionStorage).filter(([key]) => key.startsWith("gobox.draft")))')
const notice = (page: Page) => page.getByText('已恢复您没有保存的内容')

test('the account at goBox that was typed comes back after the log-in, its secret does not', async ({ page, snap }) => {
  await openPage(page, stack(), '/settings')
  const name = page.getByRole('textbox', { name: /用户名/ })
  const stored = await name.inputValue()
  await name.fill('shop-new')
  await page.locator('input[type=password]').fill('a-new-secret')
  await endSession(page, stack())
  await page.getByRole('button', { name: '保存并核对' }).click()
  await expect(page.getByText('登录已结束，请重新登录')).toBeVisible()
  expect(await page.evaluate('JSON.stringify({ ...sessionStorage, ...localStorage })')).not.toContain('a-new-secret')
  await logInAgain(page)
  await expect(page).toHaveURL(/\/settings/)
  await expect(name).toHaveValue('shop-new')
  await expect(notice(page)).toBeVisible()
  await expect(page.getByText('密钥不会保留')).toBeVisible()
  await expect(page.locator('input[type=password]')).toHaveValue('sandbox-key-A001')
  await snap('settings-restored')
  await page.getByRole('button', { name: '不要这些内容' }).click()
  await expect(name).toHaveValue(stored)
  await expect(notice(page)).toBeHidden()
  await page.reload()
  await expect(name).toHaveValue(stored)
  expect(await kept(page)).toBe('[]')
})

test('what was switched in the automation comes back, and nothing is left of it once saved', async ({ page }) => {
  await openPage(page, stack(), '/settings?tab=automation')
  const minutes = page.getByRole('spinbutton', { name: '每隔（分钟）' })
  await page
    .locator('.el-switch')
    .filter({ has: page.getByRole('switch', { name: '自动下载订单' }) })
    .click()
  await minutes.fill('77')
  await minutes.press('Tab')
  await endSession(page, stack())
  await page.getByRole('button', { name: '保存' }).click()
  await logInAgain(page)
  await expect(page).toHaveURL(/tab=automation/)
  await expect(minutes).toHaveValue('77')
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('已保存', { exact: true })).toBeVisible()
  await expect(notice(page)).toBeHidden()
  expect(await kept(page)).toBe('[]')
})

test('a new cabinet half typed opens again with what was typed, and is forgotten when it is cancelled', async ({
  page,
  snap,
}) => {
  await openPage(page, stack(), '/devices')
  await page.getByRole('button', { name: '新建货柜' }).click()
  const form = page.getByRole('dialog', { name: '新建货柜' })
  // Until the dialog has opened, it moves the focus.
  await expect(form.getByLabel('名称')).toBeFocused()
  await form.getByLabel('名称').fill('还没填完的货柜')
  await form.getByLabel('设备id').fill('4711')
  await form.getByRole('button', { name: /照“.+”填/ }).click()
  await endSession(page, stack())
  await form.getByRole('combobox', { name: '仓库' }).fill('总仓')
  await logInAgain(page)
  await expect(form.getByLabel('名称')).toHaveValue('还没填完的货柜')
  await expect(form.getByLabel('设备id')).toHaveValue('4711')
  await expect(form.locator('.el-select__placeholder').filter({ hasText: /^#/ })).toHaveCount(0)
  await snap('device-restored')
  await form.getByRole('button', { name: '取消' }).click()
  await expect(form).toBeHidden()
  await page.reload()
  await expect(page.getByRole('button', { name: '新建货柜' })).toBeVisible()
  await expect(form).toBeHidden()
  expect(await kept(page)).toBe('[]')
})

test('a cabinet being changed, or configured over another page, opens again even when the page was loaded anew', async ({
  page,
}) => {
  await openPage(page, stack(), '/devices')
  await page.getByRole('button', { name: /^修改/ }).first().click()
  const change = page.getByRole('dialog', { name: /修改/ })
  await change.getByLabel('名称').fill('改了一半')
  await endSession(page, stack())
  await change.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('登录已结束，请重新登录')).toBeVisible()
  await page.reload()
  await page.getByRole('textbox', { name: 'C8 Token' }).fill('c8-token-A001')
  await page.keyboard.press('Enter')
  await expect(change.getByLabel('名称')).toHaveValue('改了一半')
  await change.getByRole('button', { name: '取消' }).click()

  const ofCabinet = `/api/orders?action=trade_view&dev_id=${unconfigured}`
  const { root } = await stack().ask<{ root: { id: number }[] }>('GET', ofCabinet)
  await page.goto(`${stack().url}/orders/${root[0]!.id}`)
  await page
    .locator('.order-fields')
    .getByRole('button', { name: `配置货柜 ${unconfigured}` })
    .click()
  const form = page.getByRole('dialog', { name: '新建货柜' })
  await form.getByLabel('名称').fill('前海大厦')
  await page.reload()
  await expect(form.getByLabel('名称')).toHaveValue('前海大厦')
  await expect(form.getByLabel('设备id')).toHaveValue(String(unconfigured))
})

test('leaving the settings with something unsaved asks, and staying keeps it', async ({ page, snap }) => {
  await openPage(page, stack(), '/settings')
  const name = page.getByRole('textbox', { name: /用户名/ })
  const stored = await name.inputValue()
  const leave = () => page.getByRole('link', { name: '订单', exact: true }).click()
  const question = page.getByRole('dialog', { name: '还没有保存' })
  await name.fill('shop-half')
  await leave()
  await expect(question.getByRole('button', { name: '留在这里' })).toBeFocused()
  await snap('settings-leave')
  await page.keyboard.press('Escape')
  await expect(question).toHaveCount(0)
  await expect(page).toHaveURL(/\/settings/)
  await expect(name).toHaveValue('shop-half')
  await leave()
  await question.getByRole('button', { name: '不保存，离开' }).click()
  await expect(page).toHaveURL(/\/orders/)

  // What stands as it is saved asks nothing, on either tab.
  await page.goto(`${stack().url}/settings?tab=automation`)
  await page.getByRole('tab', { name: '对接' }).click()
  await expect(name).toHaveValue(stored)
  await leave()
  await expect(page).toHaveURL(/\/orders/)
  expect(await kept(page)).toBe('[]')
})

test('a channel of alerts opens again with what was typed, but for the address that is its key', async ({
  page,
  snap,
}) => {
  await openPage(page, stack(), '/settings?tab=alerts')
  await page.getByRole('button', { name: '添加渠道' }).click()
  const form = page.getByRole('dialog', { name: '添加通知渠道' })
  await form.getByLabel('名称').fill('店长群')
  await form.getByLabel('地址').fill('https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=robot-key')
  await endSession(page, stack())
  await form.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('登录已结束，请重新登录')).toBeVisible()
  expect(await kept(page)).not.toContain('robot-key')
  await logInAgain(page)
  await expect(form.getByLabel('名称')).toHaveValue('店长群')
  await expect(form.getByLabel('地址')).toHaveValue('')
  await expect(form.getByText('地址和密钥不会保留')).toBeVisible()
  await snap('alert-form-restored')
  await form.getByRole('button', { name: '取消' }).click()
  await expect(form).toBeHidden()
  expect(await kept(page)).toBe('[]')
})

for (const [where, path, button] of [
  ['the settings', () => '/settings?tab=aliases', '新增对照'],
  ['the products', () => '/products', `条码对照 ${bread.barcode}`],
  ['an order', async () => `/orders/${await idOf('T-BREAD')}`, '条码对照'],
] as const) {
  test(`an alias that was being typed over ${where} opens again`, async ({ page, snap }) => {
    await openPage(page, stack(), await path())
    if (where === 'an order') await page.getByRole('button', { name: '预览' }).click()
    await page.getByRole('button', { name: button }).first().click()
    const form = page.getByRole('dialog', { name: '条码对照' })
    const field = form.getByLabel('goBox 条码')
    if (where === 'the settings') await field.fill(bread.barcode)
    await form.getByLabel('备注').fill('红豆面包，新包')
    await endSession(page, stack())
    await form.getByRole('combobox', { name: 'C8 条码' }).fill('6921168000012')
    await logInAgain(page)
    await expect(form.getByLabel('备注')).toHaveValue('红豆面包，新包')
    await expect(form.getByRole('combobox', { name: 'C8 条码' })).toHaveValue('6921168000012')
    await expect(field).toHaveValue(bread.barcode)
    await snap('alias-restored')
    await form.getByRole('button', { name: '取消' }).click()
    await expect(form).toBeHidden()
    expect(await kept(page)).toBe('[]')
  })
}

test('a kept message that was being mended opens again as it was, and its own text can be had back', async ({
  page,
  snap,
}) => {
  await openPage(page, stack(), '/settings?tab=messages')
  await page.getByRole('button', { name: '修改' }).click()
  const editor = page.getByRole('dialog', { name: '修改消息 T-BROKEN' })
  const text = editor.getByLabel('消息原文')
  await expect(text).toHaveValue(/"status": 999/)
  await text.fill((await text.inputValue()).replace('999', '100'))
  await endSession(page, stack())
  await logInAgain(page)
  await expect(text).toHaveValue(/"status": 100/)
  await expect(editor.getByRole('status')).toContainText('没有问题了')
  await snap('message-restored')
  await editor.getByRole('button', { name: '不要这些内容' }).click()
  await expect(text).toHaveValue(/"status": 999/)
  await editor.getByRole('button', { name: '取消' }).click()
  expect(await kept(page)).toBe('[]')
})
