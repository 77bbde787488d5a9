import { chooseRow, expect, graveViolations, openOrders, test, useStack } from './fixtures.ts'
import { bread, orderOf } from './stack.ts'

const stack = useStack(async ({ deliver, ask }) => {
  await deliver(
    orderOf('T-PAID'),
    orderOf('T-DONE'),
    orderOf('T-FAILED', { products: [bread] }),
    orderOf('T-REFUND', { status: 103 }),
  )
  const { root } = await ask<{ root: { id: number; trans_id: string }[] }>('GET', '/api/orders?action=trade_view')
  for (const { id, trans_id } of root) {
    if (trans_id === 'T-DONE' || trans_id === 'T-FAILED')
      await ask('POST', `/api/orders/${id}?action=import`).catch(() => undefined)
  }
})

for (const language of ['zh', 'en'] as const) {
  test(`every screen of the orders can be used by everybody: ${language}`, async ({ page, isPhone, snap }) => {
    const expectAccessible = async (screen: string) => {
      await snap(`orders-${screen}-light-${language}`)
      expect(await graveViolations(page), screen).toEqual([])
      // The theme changes nothing but colours, whatever the language.
      if (language === 'en') return
      await page.emulateMedia({ colorScheme: 'dark' })
      await expect(page.locator('html')).toHaveClass(/dark/)
      await snap(`orders-${screen}-dark-${language}`)
      expect(await graveViolations(page, ['color-contrast']), `${screen}, dark`).toEqual([])
      await page.emulateMedia({ colorScheme: 'light' })
    }
    test.setTimeout(90_000)
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await page.addInitScript(`localStorage.setItem('gobox.locale', '${language}')`)
    await page.goto(`${stack().url}/login`)
    await expect(page.getByRole('heading')).toBeVisible()
    await expectAccessible('log-in')

    await openOrders(page, stack(), '/orders?status=100')
    await expect(page.getByText('T-FAILED')).toBeVisible()
    await chooseRow(page, 'T-PAID')
    if (!isPhone) await page.locator('.order-row .unfold button').first().click()
    await expectAccessible('list')

    await page
      .getByRole('toolbar')
      .getByRole('button', { name: /^(导入|Import)$/ })
      .click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectAccessible('action')
    await page.keyboard.press('Escape')

    await page.getByRole('link', { name: 'T-FAILED' }).click()
    await expect(page.locator('.order-history')).toBeVisible()
    await expectAccessible('order')
  })
}

test('the dialog of the download and an open choice can be used by everybody', async ({ page, isPhone }) => {
  await openOrders(page, stack())
  if (isPhone) await page.getByRole('button', { name: '筛选' }).click()
  await page.getByRole('button', { name: '状态' }).first().click()
  await expect(page.getByRole('menuitem', { name: '重新退款' })).toBeVisible()
  expect(await graveViolations(page), 'choice').toEqual([])
  await page.keyboard.press('Escape')
  // The sheet of the filters, too.
  if (isPhone) await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '下载订单' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  expect(await graveViolations(page), 'download').toEqual([])
})
