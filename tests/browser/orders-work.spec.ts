import { readFile } from 'node:fs/promises'
import { chooseRow, expect, openOrders, rowOf, saveDevice, test, useStack } from './fixtures.ts'
import { timeText } from '../../sandbox/shop.ts'
import { bread, orderOf, unconfigured } from './stack.ts'

const stack = useStack()

const toolbar = { name: '所选订单' }

async function importAtServer(transId: string) {
  const { root } = await stack().ask<{ root: { id: number }[] }>(
    'GET',
    `/api/orders?action=trade_view&trans_id=${transId}`,
  )
  await stack()
    .ask('POST', `/api/orders/${root[0]!.id}?action=import`)
    .catch(() => undefined)
}

test.afterEach(async () => {
  await stack().sandbox.control.latency({})
  await stack().sandbox.control.clearFaults()
})

test('a download that is stopped by hand keeps what has arrived', async ({ page }) => {
  const { control } = stack().sandbox
  await control.addOrders('A001', orderOf('T-ARRIVED', { daysAgo: 28 }), orderOf('T-TOO-LATE'))
  await openOrders(page, stack())
  await page.getByRole('button', { name: '下载订单' }).first().click()
  const dialog = page.getByRole('dialog', { name: '从 goBox 下载订单' })
  await dialog.getByRole('button', { name: '近 30 天' }).click()
  // Five weeks' pages, each that slow.
  await control.latency({ 'gobox.trade': 1500 })
  await dialog.getByRole('button', { name: '开始下载' }).click()
  await expect(dialog.getByText('收到 1 个订单')).toBeVisible()
  await dialog.getByRole('button', { name: '停止' }).click()
  await expect(dialog.getByText('已停止')).toBeVisible()
  await expect(dialog.getByText('已经收到的订单都保留着')).toBeVisible()
  await expect(dialog.getByRole('alert')).toHaveCount(0)
  await expect(dialog.getByRole('button', { name: '开始下载' })).toBeEnabled()
  await dialog.getByRole('button', { name: '关闭', exact: true }).click()
  await expect(rowOf(page, 'T-ARRIVED')).toBeVisible()
  await expect(rowOf(page, 'T-TOO-LATE')).toHaveCount(0)
})

test('the failed ones of a selection are retried, and the others are said to be left out', async ({
  page,
  isPhone,
}) => {
  const { control } = stack().sandbox
  await stack().deliver(
    orderOf('T-FAILED-1', { products: [{ ...bread, barcode: '690000000001' }] }),
    orderOf('T-FAILED-2', { products: [bread] }),
    orderOf('T-FINE'),
  )
  for (const id of ['T-FAILED-1', 'T-FAILED-2']) await importAtServer(id)
  await control.addProducts({ id: 9001, barcode: '690000000001', name: '新商品' })
  await openOrders(page, stack(), '/orders?q=T-F')
  for (const id of ['T-FAILED-1', 'T-FAILED-2', 'T-FINE']) await chooseRow(page, id)
  await page.getByRole('toolbar', toolbar).getByRole('button', { name: '重试' }).click()
  const dialog = page.getByRole('dialog', { name: '重新导入' })
  await expect(dialog).toContainText('将重新导入 2 个失败的订单')
  await expect(dialog).toContainText('1 个没有失败')
  await dialog.getByRole('button', { name: '重试 2 个' }).click()
  const panel = page.getByRole('region', { name: '重新导入' })
  await expect(panel.getByText('成功 1，失败 1')).toBeVisible()
  if (isPhone) await panel.getByRole('button', { name: '展开' }).click()
  await expect(panel).toContainText(bread.barcode)
  await expect(rowOf(page, 'T-FAILED-1')).toContainText('已导入')
  await expect(rowOf(page, 'T-FAILED-2')).toContainText('导入失败')
  await expect(rowOf(page, 'T-FINE')).toContainText('未导入')
})

test('the current filter is exported as a workbook', async ({ page }) => {
  await stack().deliver(orderOf('T-BOOK'))
  await openOrders(page, stack(), '/orders?q=T-BOOK')
  await expect(rowOf(page, 'T-BOOK')).toBeVisible()
  await page.getByRole('button', { name: '导出' }).click()
  const [request, download] = await Promise.all([
    page.waitForRequest('**/api/orders/export*'),
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /Excel/ }).click(),
  ])
  expect(new URL(request.url()).searchParams.get('q')).toBe('T-BOOK')
  expect(download.suggestedFilename()).toMatch(/\.xlsx$/)
  expect((await readFile(await download.path())).subarray(0, 4).toString('latin1')).toBe('PK\x03\x04')
})

test('an export has the columns that were chosen, also after the page was loaded anew', async ({ page, snap }) => {
  await stack().deliver(orderOf('T-COLUMNS'))
  await openOrders(page, stack(), '/orders?q=T-COLUMNS')
  await page.getByRole('button', { name: '导出' }).click()
  await page.getByRole('menuitem', { name: '导出哪些列' }).click()
  const dialog = page.getByRole('dialog', { name: '导出哪些列' })
  for (const name of ['条码', '商品', '商品数量', '交易金额', '商品成本'])
    await dialog.getByText(name, { exact: true }).click()
  await snap('export-columns')
  await dialog.getByRole('button', { name: '确定' }).click()
  await expect(dialog).toBeHidden()
  await page.reload()
  await page.getByRole('button', { name: '导出' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /CSV/ }).click(),
  ])
  const [titles, ...rows] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
  expect(titles).toMatch(/^\uFEFF交易编号,.*货柜名称,订单总金额（元）,/)
  expect(titles).not.toContain('条码')
  expect(rows).toHaveLength(1)
})

test('an export that fails says why, and nothing is saved', async ({ page, allowStatus }) => {
  allowStatus(503)
  await stack().deliver(orderOf('T-NO-BOOK'))
  await openOrders(page, stack(), '/orders?q=T-NO-BOOK')
  await page.route('**/api/orders/export*', (route) =>
    route.fulfill({ status: 503, json: { state: 0, errmsg: '存储暂时不可用，请稍后再试' } }),
  )
  await page.getByRole('button', { name: '导出' }).click()
  await page.getByRole('menuitem', { name: /Excel/ }).click()
  await expect(page.locator('.el-message')).toContainText('存储暂时不可用')
})

test('from an order that misses its cabinet the cabinet is configured on the spot, and all that waited for it is imported', async ({
  page,
  snap,
}) => {
  await stack().deliver(orderOf('T-NEW-1', { dev_id: unconfigured }), orderOf('T-NEW-2', { dev_id: unconfigured }))
  await importAtServer('T-NEW-1')
  await openOrders(page, stack(), '/orders?q=T-NEW')
  await rowOf(page, 'T-NEW-1').getByRole('link', { name: 'T-NEW-1' }).click()
  await expect(page.getByRole('heading', { name: '经过' })).toBeVisible()
  await page
    .locator('.order-fields')
    .getByRole('button', { name: `配置货柜 ${unconfigured}` })
    .click()
  await expect(page.getByRole('dialog', { name: '新建货柜' }).getByLabel('设备id')).toHaveValue(String(unconfigured))
  await saveDevice(page, '前海大厦茶水间')

  const question = page.getByRole('dialog', { name: '导入在等“前海大厦茶水间”的 2 个订单？' })
  await expect(question).toContainText('¥8.00')
  await expect(question.getByRole('button', { name: '以后再说' })).toBeFocused()
  await snap('device-waiting')
  await question.getByRole('button', { name: '导入 2 个' }).click()
  await expect(page.getByRole('region', { name: '导入 C8' }).getByText('成功 2，失败 0')).toBeVisible()
  await expect(page).toHaveURL(/orders\/\d+\?q=T-NEW/)
  await expect(page.locator('.order-detail')).toContainText('前海大厦茶水间')
  await expect(page.locator('.order-detail > header')).toContainText('已导入')
})

test('a refunded order of which C8 may have the document can be looked for again on its page', async ({ page }) => {
  const { control } = stack().sandbox
  await stack().deliver(orderOf('T-MAYBE'))
  await control.fault({ step: 'c8.retail_create', kind: 'create_then_500', containing: 'T-MAYBE' })
  await importAtServer('T-MAYBE')
  await control.fault({ step: 'c8.retail_lookup', kind: 'refuse', message: '暂停服务', containing: 'T-MAYBE' })
  await importAtServer('T-MAYBE')
  await stack().deliver(orderOf('T-MAYBE', { status: 103, update_time: timeText(Date.now()) }))
  await control.clearFaults()
  await openOrders(page, stack(), '/orders?q=T-MAYBE')
  await rowOf(page, 'T-MAYBE').getByRole('link', { name: 'T-MAYBE' }).click()
  const header = page.locator('.order-detail > header')
  await expect(header).toContainText('暂停服务')
  await expect(header.locator('.actions').getByRole('button')).toHaveText(['重试'])
  await header.getByRole('button', { name: '重试' }).click()
  await expect(header).toContainText('已退款需处理')
  expect(await control.documents('T-MAYBE')).toMatchObject([{ status: 6 }])
})

test('a download under way asks before Esc stops it, moves on, and promises nothing where nothing came', async ({
  page,
  allowStatus,
  snap,
}) => {
  allowStatus(502)
  const { control } = stack().sandbox
  await control.addOrders('A001', ...Array.from({ length: 1000 }, (_, number) => orderOf(`T-PAGES-${number}`)))
  await openOrders(page, stack())
  await page.getByRole('button', { name: '下载订单' }).first().click()
  const dialog = page.getByRole('dialog', { name: '从 goBox 下载订单' })
  const bar = dialog.getByRole('progressbar')
  await dialog.getByRole('button', { name: '今天' }).click()
  await control.latency({ 'gobox.trade': 1500 })
  await dialog.getByRole('button', { name: '开始下载' }).click()
  await expect(bar).toHaveAttribute('aria-valuenow', '0')
  await expect(bar).not.toHaveAttribute('aria-valuenow', '0')
  await page.keyboard.press('Escape')
  const question = page.getByRole('dialog', { name: '停止下载？' })
  await expect(question.getByRole('button', { name: '继续下载' })).toBeFocused()
  await snap('download-stop')
  await question.getByRole('button', { name: '继续下载' }).click()
  await expect(question).toBeHidden()
  await expect(dialog.getByText('正在下载')).toBeVisible()
  await page.keyboard.press('Escape')
  await question.getByRole('button', { name: '停止' }).click()
  await expect(dialog).toBeHidden()

  await control.latency({})
  await control.fault({ step: 'gobox.trade', kind: 'status' })
  await page.getByRole('button', { name: '下载订单' }).first().click()
  await dialog.getByRole('button', { name: '开始下载' }).click()
  await expect(dialog.getByRole('alert')).toBeVisible()
  await expect(dialog.getByText('收到 0 个订单')).toBeVisible()
  await expect(dialog.getByText('已经收到的订单都保留着')).toHaveCount(0)
})
