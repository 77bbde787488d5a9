import { expect, openOrders, openPage, rowOf, test, useStack } from './fixtures.ts'
import { bread, orderOf, unconfigured } from './stack.ts'

const stack = useStack(async ({ deliver, ask }) => {
  await deliver(orderOf('T-BREAD', { products: [bread] }), orderOf('T-NEW', { dev_id: unconfigured }))
  const { id } = await ask<{ id: number }>('POST', '/api/imports', { filter: {} })
  await expect
    .poll(async () => (await ask<{ pending: number }>('GET', `/api/imports/${id}`)).pending, { timeout: 15_000 })
    .toBe(0)
})

const CHINESE = /[\u4E00-\u9FFF]/

test.beforeEach(({ page }) => page.addInitScript("localStorage.setItem('gobox.locale', 'en')"))

test('an English page says in English why orders failed', async ({ page }) => {
  await openOrders(page, stack())
  await expect(rowOf(page, 'T-BREAD')).toContainText(`C8 does not know the barcode ${bread.barcode}`)
  await rowOf(page, 'T-NEW').getByRole('link').click()
  await expect(page.locator('.order-history')).toContainText(`The cabinet ${unconfigured} is not configured yet`)
})

test('an English batch groups its failures by code and offers the cabinet that is missing', async ({ page }) => {
  await openPage(page, stack(), '/imports/1')
  const missing = page.getByRole('article').filter({ hasText: `The cabinet ${unconfigured} is not configured yet` })
  await expect(missing.getByRole('button', { name: String(unconfigured) })).toBeVisible()
  const unknown = page.getByRole('article').filter({ hasText: `${bread.barcode}（${bread.name}）` })
  await unknown.getByRole('button', { name: 'Retry these 1' }).click()
  await expect(page.getByText('Orders queued again: 1')).toBeVisible()
})

test('a form marks the field that the server refuses, in English', async ({ page, allowStatus }) => {
  allowStatus(409)
  await openPage(page, stack(), '/devices')
  await page.getByRole('button', { name: `Configure cabinet ${unconfigured}` }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Name').fill('Lobby')
  await form.getByLabel('Device ID').fill('10081')
  await form.getByRole('button', { name: /Fill .+ as for/ }).click()
  await page.getByRole('combobox', { name: 'Store' }).click()
  await page.getByRole('option').first().click()
  await form.getByRole('button', { name: 'Save' }).click()
  const field = form.locator('.el-form-item').filter({ hasText: 'Device ID' })
  await expect(field.locator('.el-form-item__error')).toHaveText(/10081 is configured already/)
  await expect(form.locator('.el-form-item__error').filter({ hasText: CHINESE })).toHaveCount(0)
})
