import { expect, openOrders, rowOf, test, useStack } from './fixtures.ts'
import { orderOf } from './stack.ts'

const RETAIL_ID = '636507967185264641'

const stack = useStack(async ({ sandbox, deliver }) => {
  await sandbox.control.settings({ documents_after: String(BigInt(RETAIL_ID) - 1n) })
  await deliver(orderOf('900719925474099312345'))
})

test('a document number longer than a number holds is shown and copied with all its digits', async ({
  page,
  context,
  isPhone,
  snap,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const { root } = await stack().ask<{ root: { id: number }[] }>('GET', '/api/orders?action=trade_view')
  const { id } = root[0]!
  await stack().ask('GET', `/api/orders/${id}?action=import`)

  await openOrders(page, stack())
  const row = rowOf(page, '900719925474099312345')
  if (isPhone) await row.getByRole('link').first().click()
  else await row.getByText('900719925474099312345').click()
  await expect(page.getByText(RETAIL_ID, { exact: true })).toBeVisible()
  await snap('order-long-id')
  await page.getByRole('button', { name: `复制 ${RETAIL_ID}` }).click()
  await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(RETAIL_ID)

  await page.goto(`${stack().url}/orders/${id}`)
  await expect(page.getByText(RETAIL_ID, { exact: true })).toBeVisible()
})
