import { askApp } from '../../scripts/demo/app.ts'
import { chooseRow, expect, openOrders, test, useStack, viewer } from './fixtures.ts'
import { orderOf } from './stack.ts'

const stack = useStack()

test('when C8 ends the log-in in the middle of a batch the page asks for a new one, leads back, and the batch goes on', async ({
  page,
  allowStatus,
  snap,
}) => {
  allowStatus(401)
  test.setTimeout(90_000)
  const {
    sandbox: { control, c8Url },
    url,
  } = stack()
  const documents = async () =>
    (await control.documents()).map(({ source_id }) => source_id).filter((id) => id.startsWith('T-MID'))
  await stack().deliver(...Array.from({ length: 12 }, (_, index) => orderOf(`T-MID-${index}`)))
  await openOrders(page, stack(), '/orders?q=T-MID')
  await chooseRow(page, 'T-MID-0')
  await page.getByRole('button', { name: '选择全部 12 个符合条件的' }).click()
  await page.getByRole('toolbar', { name: '所选订单' }).getByRole('button', { name: '导入' }).click()
  await control.latency({ c8: 400 })
  await page.getByRole('button', { name: '导入 12 个' }).click()
  const panel = page.getByRole('region', { name: '导入 C8' })
  await expect(panel).toBeVisible()
  await expect.poll(documents).not.toHaveLength(0)
  await control.removeToken('c8-token-A001')
  await control.latency({})
  await expect(page.getByText('登录已结束，请重新登录')).toBeVisible({ timeout: 20_000 })
  await snap('orders-ended')
  const query = new URLSearchParams({ url: c8Url, set_of_book: 'A001', user_name: viewer.user_name })
  const { token } = await askApp<{ token: string }>(url, viewer.c8Token, 'GET', `/api/access_token?${query}`)
  await expect
    .poll(async () => {
      const { import_paused_reason: pause } = await askApp<{ import_paused_reason: string | null }>(
        url,
        token,
        'GET',
        '/api/automation',
      )
      const { total: sending } = await askApp<{ total: number }>(
        url,
        token,
        'GET',
        '/api/orders?action=trade_view&import_state=sending',
      )
      return { isPaused: pause !== null, sending }
    })
    .toEqual({ isPaused: true, sending: 0 })

  await control.addTokens({ token: 'c8-token-A001', access_level: 15, user_name: '陈晓东', set_of_books: ['A001'] })
  await page.getByRole('textbox', { name: 'C8 Token' }).fill('c8-token-A001')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/orders\?q=T-MID/)
  await expect(panel.getByText('成功 12，失败 0')).toBeVisible({ timeout: 30_000 })
  expect((await documents()).length, 'one document an order').toBe(12)
})
