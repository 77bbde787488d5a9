import type { Page } from '@playwright/test'
import { expect, graveViolations, openPage, rowOf, saveDevice, test, useStack, viewer } from './fixtures.ts'
import { bread, orderOf, unconfigured, water, type Stack } from './stack.ts'

/** Delivers orders and has those import as one batch that nobody has tried yet; resolves with its id. */
async function importAll({ deliver, ask }: Stack, orders: ReturnType<typeof orderOf>[]) {
  await deliver(...orders)
  const { id } = await ask<{ id: number }>('POST', '/api/imports', { filter: { import_state: 'idle' } })
  await expect.poll(async () => (await ask<{ pending: number }>('GET', `/api/imports/${id}`)).pending).toBe(0)
  return id
}

let first = 0
const stack = useStack(async (opened) => {
  first = await importAll(opened, [
    orderOf('T-GOOD-1'),
    orderOf('T-GOOD-2', { products: [{ ...water, amount: 9.5 }] }),
    orderOf('T-NEW-1', { dev_id: unconfigured }),
    orderOf('T-BREAD-1', { products: [bread] }),
  ])
  // Of another batch, for a reason of the first.
  await importAll(opened, [orderOf('T-NEW-2', { dev_id: unconfigured, daysAgo: 1 })])
})

const work = (page: Page) => page.getByRole('region', { name: '失败的导入' })
const reasonWith = (page: Page, text: string) => work(page).getByRole('article').filter({ hasText: text })

test('failures stand together by reason, whichever batch they are of, each with its orders', async ({ page, snap }) => {
  await openPage(page, stack(), '/imports')
  const missing = reasonWith(page, `货柜 ${unconfigured} 还没有配置`)
  await expect(missing).toContainText('2 个订单')
  await expect(missing).toContainText('¥8.00')
  await expect(reasonWith(page, bread.barcode)).toContainText(bread.name)
  await snap('failures', 'whole')
  expect(await graveViolations(page)).toEqual([])
  await missing.getByRole('link', { name: '2 个订单' }).click()
  await expect(rowOf(page, 'T-NEW-1')).toBeVisible()
  await expect(rowOf(page, 'T-NEW-2')).toBeVisible()
  await expect(rowOf(page, 'T-')).toHaveCount(2)
})

test('who may only look sees the reasons, and mends nothing', async ({ page }) => {
  await openPage(page, stack(), '/imports', viewer)
  await expect(reasonWith(page, bread.barcode)).toBeVisible()
  await expect(work(page).getByRole('button')).toHaveCount(0)
})

test('a batch shows the documents it has made, with amounts, and the way to C8', async ({ page, snap }) => {
  await openPage(page, stack(), `/imports/${first}`)
  const made = page.getByRole('region', { name: 'C8 里的零售单' })
  await expect(made).toContainText('2 张，共 ¥13.50')
  const [document] = await stack().sandbox.control.documents('T-GOOD-2')
  const row = made.getByRole('listitem').filter({ hasText: document!.code })
  await expect(row).toContainText('T-GOOD-2')
  await expect(row).toContainText('¥9.50')
  await expect(made.getByRole('link', { name: '打开 C8' })).toHaveAttribute('href', new RegExp(stack().sandbox.c8Url))
  await snap('batch-documents', 'whole')
  expect(await graveViolations(page)).toEqual([])
  await row.getByRole('link', { name: 'T-GOOD-2' }).click()
  await expect(page).toHaveURL(/\/orders\/\d+/)
})

test('a retry whose reason may still be there is asked about, and left alone at a word', async ({ page }) => {
  await openPage(page, stack(), '/imports')
  await reasonWith(page, bread.barcode)
    .getByRole('button', { name: `重试 ${bread.barcode}` })
    .click()
  const question = page.getByRole('dialog', { name: '重新导入这 1 个订单？' })
  await expect(question).toContainText('这个原因可能还在')
  await question.getByRole('button', { name: '以后再说' }).click()
  await expect(question).toBeHidden()
  await expect(page.getByRole('region', { name: '重新导入' })).toHaveCount(0)
})

test('a cabinet is configured without leaving, and all that waited for it goes after one question', async ({
  page,
  isPhone,
}) => {
  const key = isPhone ? 'P' : 'D'
  const { ask } = stack()
  await importAll(stack(), [orderOf(`T-MORE-${key}`, { dev_id: unconfigured })])
  await openPage(page, stack(), '/imports')
  await reasonWith(page, '还没有配置')
    .getByRole('button', { name: `配置货柜 ${unconfigured}` })
    .click()
  await saveDevice(page, '前海大厦茶水间')
  const question = page.getByRole('dialog', { name: /导入在等“前海大厦茶水间”的 \d 个订单？/ })
  await question.getByRole('button', { name: /^导入 \d 个$/ }).click()
  await expect(page).toHaveURL(/\/imports$/)
  await expect(reasonWith(page, '还没有配置')).toHaveCount(0, { timeout: 20_000 })
  expect(await stack().sandbox.control.documents(`T-MORE-${key}`)).toHaveLength(1)
  const { root } = await ask<{ root: { id: number; dev_id: number }[] }>('GET', '/api/devices')
  await ask('DELETE', `/api/devices/${root.find(({ dev_id }) => dev_id === unconfigured)!.id}`)
})

test('what was mended elsewhere is marked, and retried after one question', async ({ page, isPhone, snap }) => {
  const barcode = isPhone ? '6971234000963' : '6971234000970'
  await importAll(stack(), [orderOf(`T-ALIAS-${barcode}`, { products: [{ ...bread, barcode }] })])
  await openPage(page, stack(), '/imports')
  const reason = reasonWith(page, barcode)
  await expect(reason).toBeVisible()
  await stack().ask('POST', '/api/barcode_aliases', { barcode, c8_barcode: water.barcode })
  await page.getByRole('button', { name: '再查一次原因' }).click()
  await expect(reason.getByText('原因已消除，可以重试')).toBeVisible()
  await snap('failures-gone')
  await reason.getByRole('button', { name: `重试 ${barcode}` }).click()
  await page.getByRole('dialog', { name: '重新导入这 1 个订单？' }).getByRole('button', { name: '重试 1 个' }).click()
  await expect(reason).toHaveCount(0, { timeout: 20_000 })
})

test('in a batch, too, an alias is made in place, and only its orders are retried', async ({ page, isPhone }) => {
  const barcode = isPhone ? '6971234000987' : '6971234000994'
  const id = await importAll(stack(), [orderOf(`T-BATCH-${barcode}`, { products: [{ ...bread, barcode }] })])
  await openPage(page, stack(), `/imports/${id}`)
  const reason = page.getByRole('article').filter({ hasText: barcode })
  await reason.getByRole('button', { name: '条码对照' }).click()
  const form = page.getByRole('dialog', { name: '条码对照' })
  await form.getByRole('combobox', { name: 'C8 条码' }).fill(water.barcode)
  await form.getByRole('button', { name: '保存' }).click()
  await expect(reason.getByRole('status')).toHaveText('已对照，可以重试了')
  await reason.getByRole('button', { name: '重试这 1 个' }).click()
  await expect(page.getByText('全部成功')).toBeVisible({ timeout: 20_000 })
  await expect(page.getByRole('region', { name: 'C8 里的零售单' })).toContainText('1 张，共 ¥6.80')
})
