import { chooseRow, expect, openOrders, rowOf, saveDevice, test, useStack } from './fixtures.ts'
import { bread, orderOf, unconfigured } from './stack.ts'

const stack = useStack(async ({ sandbox }) => {
  await sandbox.control.addOrders(
    'A001',
    orderOf('T-GOOD-1'),
    orderOf('T-GOOD-2', { daysAgo: 1 }),
    orderOf('T-BREAD', { products: [bread] }),
    orderOf('T-NEW-CABINET', { dev_id: unconfigured }),
  )
})

test("from the link of C8's menu to documents in C8: download, choose, import, see which did not go and why, and mend it", async ({
  page,
  snap,
  isPhone,
}) => {
  await openOrders(page, stack())
  await expect(page.getByText('还没有订单')).toBeVisible()
  await snap('orders-empty')

  await page.getByRole('button', { name: '下载订单' }).first().click()
  const dialog = page.getByRole('dialog', { name: '从 goBox 下载订单' })
  await dialog.getByRole('button', { name: '开始下载' }).click()
  await expect(dialog.getByText('收到 4 个订单：新增 4，更新 0')).toBeVisible()
  await snap('download-done')
  await dialog.getByRole('button', { name: '查看这些订单' }).click()
  await expect(page.getByRole('button', { name: '去掉筛选 近 7 天' })).toBeVisible()

  for (const id of ['T-GOOD-1', 'T-GOOD-2', 'T-BREAD', 'T-NEW-CABINET']) await chooseRow(page, id)
  await expect(page.getByRole('toolbar', { name: '所选订单' })).toContainText('已选 4 个 ¥18.80')
  await page.getByRole('button', { name: '导入', exact: true }).click()
  await expect(page.getByText('将把 4 个订单导入 C8，共 ¥18.80。')).toBeVisible()
  await page.getByRole('button', { name: '导入 4 个' }).click()

  const panel = page.getByRole('region', { name: '导入 C8' })
  await expect(panel.getByText('成功 2，失败 2')).toBeVisible({ timeout: 15_000 })
  await expect(rowOf(page, 'T-GOOD-1')).toContainText('已导入')
  await expect(rowOf(page, 'T-BREAD')).toContainText(bread.barcode)
  await snap('import-done')

  const documents = await stack().sandbox.control.documents()
  expect(documents.map(({ source_id }) => source_id).sort()).toEqual(['T-GOOD-1', 'T-GOOD-2'])
  await expect(rowOf(page, 'T-GOOD-1')).toContainText(documents.find(({ source_id }) => source_id === 'T-GOOD-1')!.code)
  expect(await page.evaluate('document.documentElement.scrollWidth'), 'nothing scrolls sideways').toBe(
    isPhone ? 390 : 1440,
  )

  if (isPhone) await panel.getByRole('button', { name: '展开' }).click()
  await panel.getByRole('button', { name: `配置货柜 ${unconfigured}` }).click()
  await saveDevice(page, '前海大厦茶水间')
  await page
    .getByRole('dialog', { name: '导入在等“前海大厦茶水间”的 1 个订单？' })
    .getByRole('button', { name: '导入 1 个' })
    .click()
  await expect(rowOf(page, 'T-NEW-CABINET')).toContainText('已导入')
})
