import { timeText } from '../../sandbox/shop.ts'
import { chooseRow, expect, graveViolations, openOrders, openPage, rowOf, test, useStack, viewer } from './fixtures.ts'
import { bread, orderOf, unconfigured, water } from './stack.ts'

const roll = { ...bread, barcode: '6971234000180', name: '社区烘焙 奶油卷 80g' }
const moving = orderOf('T-MOVES')

const stack = useStack(({ deliver }) =>
  deliver(
    moving,
    orderOf('T-BREAD', { products: [bread] }),
    orderOf('T-GOOD'),
    orderOf('T-ROLL', { products: [roll] }),
    orderOf('T-NEW', { dev_id: unconfigured }),
  ),
)

test('an order’s page shows the document before it is made, and books no other total than that', async ({
  page,
  snap,
  allowStatus,
}) => {
  allowStatus(409)
  await openOrders(page, stack())
  await rowOf(page, 'T-MOVES').getByRole('link').first().click()
  const detail = page.locator('.order-detail')
  await detail.getByRole('button', { name: '预览' }).click()
  const preview = detail.locator('.order-preview')
  await expect(preview).toContainText('零售单金额 ¥4.00')
  await expect(preview.getByRole('row', { name: water.name })).toContainText(water.barcode)
  await snap('order-preview')
  expect(await graveViolations(page)).toEqual([])
  const dearer = [{ ...water, amount: 5.5 }]
  await stack().deliver({ ...moving, products: dearer, update_time: timeText(Date.now()) })
  await detail.getByRole('button', { name: '导入', exact: true }).click()
  await expect(page.getByText('goBox 把订单金额从 4 元改成了 5.5 元，请核对后再导入')).toBeVisible()
  await expect(preview).toContainText('零售单金额 ¥5.50')
  expect(await stack().sandbox.control.documents('T-MOVES')).toEqual([])
  await detail.getByRole('button', { name: '导入', exact: true }).click()
  await expect(detail.getByText('已导入').first()).toBeVisible()
  expect(await stack().sandbox.control.documents('T-MOVES')).toMatchObject([{ total_amount: 5.5 }])
})

test('a barcode that C8 does not know is mended by an alias from the preview, its product searched in C8', async ({
  page,
  snap,
}) => {
  await openOrders(page, stack())
  await rowOf(page, 'T-BREAD').getByRole('link').first().click()
  const preview = page.locator('.order-preview')
  await preview.getByRole('button', { name: '预览' }).click()
  await expect(preview).toContainText(`C8 里没有条码 ${bread.barcode}`)
  await preview.getByRole('button', { name: '条码对照' }).click()
  const dialog = page.getByRole('dialog', { name: '条码对照' })
  await expect(dialog.getByLabel('goBox 条码')).toHaveValue(bread.barcode)
  await dialog.getByRole('combobox', { name: 'C8 条码' }).fill('农夫')
  await expect(dialog.getByRole('status')).toHaveText('C8 里有 1 个商品可选')
  await dialog.getByRole('combobox', { name: 'C8 条码' }).fill(water.barcode)
  await expect(dialog.getByRole('status')).toHaveText(water.name)
  await snap('alias-form')
  expect(await graveViolations(page)).toEqual([])
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText(`已保存条码 ${bread.barcode} 的对照，可以重试导入`)).toBeVisible()
  await expect(preview).toContainText('零售单金额 ¥6.80')
  await expect(preview).toContainText(`${bread.barcode} → ${water.barcode}`)
})

test('an alias that leads to nothing in C8 is changed from the preview', async ({ page, isPhone }) => {
  const [id, barcode] = [`T-WRONG-${isPhone}`, `G-WRONG-${isPhone}`]
  await stack().deliver(orderOf(id, { products: [{ ...bread, barcode }] }))
  await stack().ask('POST', '/api/barcode_aliases', { barcode, c8_barcode: '6970000000000' })
  await openOrders(page, stack())
  await rowOf(page, id).getByRole('link').first().click()
  const preview = page.locator('.order-preview')
  await preview.getByRole('button', { name: '预览' }).click()
  await expect(preview).toContainText(`条码 ${barcode} 对照到 C8 的条码 6970000000000，但 C8 里没有它`)
  await preview.getByRole('button', { name: '修改对照' }).click()
  const dialog = page.getByRole('dialog', { name: '条码对照' })
  await expect(dialog.getByLabel('goBox 条码')).toHaveValue(barcode)
  await expect(dialog.getByRole('combobox', { name: 'C8 条码' })).toHaveValue('6970000000000')
  await dialog.getByRole('combobox', { name: 'C8 条码' }).fill(water.barcode)
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(preview).toContainText(`${barcode} → ${water.barcode}`)
  const { root } = await stack().ask<{ root: unknown[] }>('GET', `/api/barcode_aliases?barcode=${barcode}`)
  expect(root).toMatchObject([{ c8_barcode: water.barcode }])
})

test('before an import of many it says how many would go and what stands in the way of the others', async ({
  page,
  snap,
}) => {
  await openOrders(page, stack())
  for (const id of ['T-GOOD', 'T-ROLL', 'T-NEW']) await chooseRow(page, id)
  await page.getByRole('button', { name: '导入', exact: true }).click()
  const dialog = page.getByRole('dialog')
  const check = dialog.getByRole('region', { name: '导入前检查' })
  await expect(check).toContainText('其中 1 个可以开单，共 ¥4.00；其余会失败：')
  await expect(check.getByRole('listitem')).toHaveCount(2)
  await expect(check.getByRole('button', { name: '配置货柜' })).toBeVisible()
  await snap('imports-preview')
  expect(await graveViolations(page)).toEqual([])
  await check.getByRole('button', { name: '条码对照' }).click()
  const form = page.getByRole('dialog', { name: '条码对照' })
  await form.getByRole('combobox', { name: 'C8 条码' }).fill(water.barcode)
  await form.getByRole('button', { name: '保存' }).click()
  await expect(check).toContainText('其中 2 个可以开单，共 ¥10.80；其余会失败：')
  await expect(check.getByRole('listitem')).toHaveCount(1)
})

test('the aliases are made, changed and deleted on their page', async ({ page, snap, allowStatus }) => {
  allowStatus(409)
  await openPage(page, stack(), '/settings?tab=aliases')
  await page.getByRole('button', { name: '新增对照' }).click()
  const form = page.getByRole('dialog', { name: '条码对照' })
  const save = form.getByRole('button', { name: '保存' })
  await expect(save).toBeDisabled()
  await form.getByLabel('goBox 条码').fill('G-1')
  await form.getByRole('combobox', { name: 'C8 条码' }).fill(water.barcode)
  await form.getByLabel('备注').fill('新包装')
  await save.click()
  const row = page.getByRole('listitem').filter({ hasText: 'G-1' })
  await expect(row).toContainText(water.barcode)
  await expect(row).toContainText('全部订单')
  await expect(row).toContainText('新包装')
  await snap('aliases')
  expect(await graveViolations(page)).toEqual([])

  await page.getByRole('button', { name: '新增对照' }).click()
  await form.getByLabel('goBox 条码').fill('G-1')
  await form.getByRole('combobox', { name: 'C8 条码' }).fill(water.barcode)
  await save.click()
  await expect(form).toContainText('G-1')
  await expect(form.getByRole('alert').or(form.locator('.el-form-item__error')).first()).toBeVisible()
  await form.getByRole('button', { name: '取消' }).click()
  await expect(form).toBeHidden()

  await page.getByRole('button', { name: '修改 G-1' }).click()
  await form.getByLabel(/从哪一天/).fill('2026-11-01')
  await save.click()
  await expect(row).toContainText('2026-11-01 起的订单')
  await page.getByRole('button', { name: '删除 G-1' }).click()
  const question = page.getByRole('dialog', { name: '删除条码 G-1 的对照？' })
  await question.getByRole('button', { name: '删除' }).click()
  await expect(row).toHaveCount(0)
})

test('who may only look sees the aliases and changes none', async ({ page }) => {
  await stack().ask('POST', '/api/barcode_aliases', { barcode: 'G-2', c8_barcode: water.barcode })
  await openPage(page, stack(), '/settings?tab=aliases', viewer)
  const row = page.getByRole('listitem').filter({ hasText: 'G-2' })
  await expect(row).toContainText('全部订单')
  await expect(row.getByRole('button', { name: /修改|删除/ })).toHaveCount(0)
  await expect(page.getByRole('button', { name: '新增对照' })).toHaveCount(0)
})
