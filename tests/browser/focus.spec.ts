import { expect, openPage, test, useStack } from './fixtures.ts'
import { bread, orderOf, water } from './stack.ts'

const stack = useStack(({ deliver }) =>
  deliver(orderOf('T-1', { products: [water, bread] }), { ...orderOf('T-2'), e_id: 'BUYER-2' }),
)

/** What opens a dialog or a drawer, and on which page. */
const OPENERS: [path: string, name: string | RegExp][] = [
  ['/', /^待办 \d+$/],
  ['/', '帮助'],
  ['/orders', '下载订单'],
  ['/orders/1', '删除'],
  ['/devices', '新建货柜'],
  ['/devices', /^修改(货柜 科技园 A 座大堂)?$/],
  ['/devices', /^删除(货柜 科技园 A 座大堂)?$/],
  ['/settings', '更换'],
  ['/settings?tab=alerts', '添加渠道'],
  ['/settings?tab=aliases', '新增对照'],
]

test('Esc closes each dialog and drawer and leads back to what opened it', async ({ page }) => {
  await openPage(page, stack(), '/')
  for (const [path, name] of OPENERS) {
    await page.goto(stack().url + path)
    const opener = page.getByRole('button', { name, exact: typeof name === 'string' }).first()
    await opener.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog').last()
    await expect(dialog, `${path} ${name}`).toBeVisible()
    if (name === '删除' || name === '更换')
      await expect(dialog.getByRole('button', { name: '取消', exact: true })).toBeFocused()
    else await expect(dialog.locator(':focus').or(page.locator('[role=dialog]:focus'))).toHaveCount(1)
    await page.keyboard.press('Escape')
    await expect(opener, `${path} ${name}`).toBeFocused()
  }
})

test('buyer, document and barcode of an order are copied with a button', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const { root } = await stack().ask<{ root: { id: number }[] }>('GET', '/api/orders?action=trade_view&q=BUYER-2')
  const { retail_code: code } = await stack().ask<{ retail_code: string }>(
    'POST',
    `/api/orders/${root[0]!.id}?action=import`,
  )
  await openPage(page, stack(), `/orders/${root[0]!.id}`)
  for (const text of ['BUYER-2', code, water.barcode]) {
    await page
      .locator('.order-fields, .order-lines')
      .getByRole('button', { name: `复制 ${text}` })
      .click()
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(text)
  }
})

test('a cabinet is found by its number', async ({ page }) => {
  await openPage(page, stack(), '/devices')
  const list = page.locator('.el-table, .cards')
  await expect(list).toContainText('科技园 A 座大堂')
  await page.getByLabel('按名称查找货柜，或按设备id').fill('10082')
  await page.keyboard.press('Enter')
  await expect(list).not.toContainText('科技园 A 座大堂')
  await expect(list).toContainText('10082')
})
