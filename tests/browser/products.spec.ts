import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, graveViolations, openPage, rowOf, test, useStack, viewer } from './fixtures.ts'
import { bread, orderOf, water, type Stack } from './stack.ts'

const [D, P] = ['6971234000901', '6971234000918']
const goods = (barcode: string, amount = 6.8) => [{ ...bread, barcode, name: `烘焙 ${barcode.slice(-3)}`, amount }]
const numbers = { desk: D, phone: P }

/** Delivers orders and has them imported. */
async function importAll({ deliver, ask }: Stack, orders: ReturnType<typeof orderOf>[]) {
  await deliver(...orders)
  const { id } = await ask<{ id: number }>('POST', '/api/imports', { filter: { import_state: 'idle' } })
  await expect.poll(async () => (await ask<{ pending: number }>('GET', `/api/imports/${id}`)).pending).toBe(0)
}

const stack = useStack((opened) =>
  importAll(opened, [
    orderOf('T-GOOD', { daysAgo: 1 }),
    ...Object.entries(numbers).flatMap(([name, barcode]) => [
      orderOf(`T-${name}-1`, { products: goods(barcode), daysAgo: 2 }),
      orderOf(`T-${name}-2`, { products: goods(barcode) }),
    ]),
    orderOf('T-STAYS', { products: [bread] }),
  ]),
)

const unknown = (page: Page) => page.getByRole('region', { name: 'C8 里没有的条码' })
const lineOf = (page: Page, text: string) => unknown(page).getByRole('listitem').filter({ hasText: text })
const soldOf = (page: Page, text: string) =>
  page.getByRole('region', { name: '卖得怎么样' }).getByRole('row').filter({ hasText: text })

test('the menu leads to what sells and to what C8 does not know, each figure to its orders', async ({
  page,
  isPhone,
  snap,
}) => {
  await openPage(page, stack(), '/')
  if (isPhone) {
    await page.getByRole('button', { name: '更多' }).click()
    await page.getByRole('menuitem', { name: '商品' }).click()
  } else await page.getByRole('link', { name: '商品', exact: true }).click()
  await expect(page.getByRole('heading', { name: '商品', level: 1 })).toBeVisible()
  const row = lineOf(page, bread.barcode)
  await expect(row).toContainText(bread.name)
  await expect(row).toContainText('1 个订单')
  await expect(row).toContainText('¥6.80')
  await expect(soldOf(page, water.barcode)).toContainText('¥4.00')
  await snap('products', 'whole')
  expect(await graveViolations(page)).toEqual([])
  await row.getByRole('link', { name: '1 个订单' }).click()
  await expect(rowOf(page, 'T-STAYS')).toBeVisible()
  await expect(rowOf(page, 'T-')).toHaveCount(1)
  await page.goBack()
  await soldOf(page, bread.barcode).getByRole('link').click()
  await expect(rowOf(page, 'T-STAYS')).toBeVisible()
})

test('an alias is made in one click, and what waited goes after one question', async ({ page, isPhone, snap }) => {
  const name = isPhone ? 'phone' : 'desk'
  await openPage(page, stack(), '/products')
  await lineOf(page, numbers[name]).getByRole('button', { name: '条码对照' }).click()
  const form = page.getByRole('dialog', { name: '条码对照' })
  await expect(form.getByLabel('goBox 条码')).toHaveValue(numbers[name])
  await form.getByRole('combobox', { name: 'C8 条码' }).fill(water.barcode)
  await form.getByRole('button', { name: '保存' }).click()
  const question = page.getByRole('dialog', { name: '重新导入这 2 个订单？' })
  await expect(question).toContainText('共 ¥13.60')
  await expect(question).toContainText('这个原因已经消除')
  await expect(question.getByRole('button', { name: '以后再说' })).toBeFocused()
  await snap('products-ask')
  await question.getByRole('button', { name: '重试 2 个' }).click()
  await expect(lineOf(page, numbers[name])).toHaveCount(0, { timeout: 20_000 })
  await expect(lineOf(page, bread.barcode)).toBeVisible()
  const documents = (number: number) => stack().sandbox.control.documents(`T-${name}-${number}`)
  for (const number of [1, 2]) await expect.poll(() => documents(number)).toHaveLength(1)
})

test('an alias to a barcode that C8 does not know either asks nothing, and says so', async ({ page, isPhone }) => {
  const barcode = isPhone ? '6971234000925' : '6971234000932'
  await importAll(stack(), [orderOf(`T-WRONG-${barcode}`, { products: goods(barcode) })])
  await openPage(page, stack(), '/products')
  await lineOf(page, barcode).getByRole('button', { name: '条码对照' }).click()
  const form = page.getByRole('dialog', { name: '条码对照' })
  await form.getByRole('combobox', { name: 'C8 条码' }).fill(`${barcode}0`)
  await form.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('C8 里还是没有这个条码，请检查对照')).toBeVisible()
  await expect(page.getByRole('dialog', { name: /重新导入/ })).toHaveCount(0)
})

test('what has been added to C8 meanwhile is found, marked and retried', async ({ page, isPhone, snap }) => {
  const barcode = isPhone ? '6971234000949' : '6971234000956'
  await importAll(stack(), [orderOf(`T-LATE-${barcode}`, { products: goods(barcode) })])
  await openPage(page, stack(), '/products')
  await expect(lineOf(page, barcode)).toBeVisible()
  await expect(lineOf(page, barcode).getByText('C8 里有了')).toHaveCount(0)
  await stack().sandbox.control.addProducts({ id: Number(barcode.slice(-4)) + 90_000, name: '新品', barcode })
  await page.getByRole('button', { name: '再查一次 C8' }).click()
  await expect(lineOf(page, barcode).getByText('C8 里有了')).toBeVisible()
  await snap('products-known')
  await lineOf(page, barcode)
    .getByRole('button', { name: `重试 ${barcode}` })
    .click()
  await page.getByRole('dialog', { name: '重新导入这 1 个订单？' }).getByRole('button', { name: '重试 1 个' }).click()
  await expect(lineOf(page, barcode)).toHaveCount(0, { timeout: 20_000 })
})

test('where C8 does not answer, the page says for how many', async ({ page }) => {
  await stack().sandbox.control.fault({ step: 'c8.products', kind: 'status', status: 500, times: 100 })
  await openPage(page, stack(), '/products')
  await expect(unknown(page).getByText(/有 \d+ 个原因没有问到 C8/)).toBeVisible()
  await stack().sandbox.control.clearFaults()
  await page.getByRole('button', { name: '再查一次 C8' }).click()
  await expect(unknown(page).getByText(/没有问到 C8/)).toHaveCount(0)
})

test('the list is copied and taken away as a file for whoever keeps C8', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await openPage(page, stack(), '/products')
  await unknown(page).getByRole('button', { name: '复制', exact: true }).click()
  await expect(page.getByText(/已复制 \d+ 个条码/)).toBeVisible()
  const copied = await page.evaluate<string>('navigator.clipboard.readText()')
  expect(copied).toContain(`${bread.barcode}\t${bread.name}\t1\t6.8\t`)
  await unknown(page).getByRole('button', { name: '导出条码' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^C8里没有的条码_.*\.csv$/)
  expect(readFileSync(await download.path(), 'utf8')).toContain(`${bread.barcode},${bread.name},,1,6.80,`)
})

test('products are searched by name and barcode, and other days are one click away', async ({ page }) => {
  await openPage(page, stack(), '/products')
  const search = page.getByRole('textbox', { name: '按商品名称或条码查找' })
  await search.fill('红豆')
  await expect(soldOf(page, bread.name)).toBeVisible()
  await expect(soldOf(page, water.name)).toHaveCount(0)
  await search.fill('nothing')
  await page.getByRole('button', { name: '显示全部' }).click()
  await expect(soldOf(page, water.name)).toBeVisible()
  await page.getByRole('button', { name: '近 30 天' }).click()
  await page.getByRole('menuitem', { name: '今天' }).click()
  await expect(page).toHaveURL(/from=/)
  await expect(soldOf(page, bread.name)).toBeVisible()
  await page.goto(`${stack().url}/products?from=2024-01-01&to=2024-01-31`)
  await expect(page.getByRole('heading', { name: '这段时间没有卖出商品' })).toBeVisible()
})

test('who may only look sees what waits, and mends nothing', async ({ page }) => {
  await openPage(page, stack(), '/products', viewer)
  await expect(lineOf(page, bread.barcode)).toBeVisible()
  await expect(unknown(page).getByRole('button', { name: /^(条码对照|重试|再查一次)/ })).toHaveCount(0)
})

test('without such failures one calm line says so', async ({ page }) => {
  await openPage(page, stack(), '/products', { set_of_book: 'B002', user_name: '王建国' })
  await expect(unknown(page)).toContainText('没有订单因为 C8 里没有条码而导入失败。')
})
