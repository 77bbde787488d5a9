import { expect, openOrders, openPage, test, useStack, viewer } from './fixtures.ts'
import { orderOf } from './stack.ts'

const stack = useStack(({ deliver }) => deliver(orderOf('T-MINE')))

test('the menu link logs in and leaves no token in the address bar', async ({ page }) => {
  await page.goto(stack().link())
  await expect(page.getByRole('heading', { name: '概览' })).toBeVisible()
  await page.goBack().catch(() => null)
  expect(page.url()).not.toContain('token')
})

test('a token in the query is taken too, and removed at once', async ({ page }) => {
  const link = stack().link().replace('#token=', '&token=')
  await page.goto(link)
  await expect(page.getByRole('heading', { name: '概览' })).toBeVisible()
})

test('the form says what is missing, keeps what was typed when C8 refuses, and then logs in', async ({
  page,
  snap,
  allowStatus,
}) => {
  allowStatus(403)
  await page.goto(stack().url)
  await expect(page).toHaveURL(/login/)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByText('请填写 C8 Token')).toBeVisible()
  await snap('login-missing')

  await page.getByLabel('C8 地址').fill(stack().sandbox.c8Url)
  await page.getByLabel('账套').fill('A001')
  await page.getByLabel('用户').fill('陈晓东')
  await page.getByRole('textbox', { name: 'C8 Token' }).fill('wrong')
  await page.keyboard.press('Enter')
  await expect(page.getByText('C8 不认可这次登录')).toBeVisible()
  await snap('login-refused')
  await expect(page.getByLabel('账套')).toHaveValue('A001')

  await page.getByRole('textbox', { name: 'C8 Token' }).fill('c8-token-A001')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: '概览' })).toBeVisible()
})

test('a C8 that is away is told as such', async ({ page, allowStatus }) => {
  allowStatus(502)
  await stack().sandbox.control.fault({ step: 'c8.security_keys', kind: 'status', status: 500, times: 1 })
  await page.goto(stack().link())
  await expect(page.getByRole('alert')).toContainText('C8')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByRole('heading', { name: '概览' })).toBeVisible()
})

test('a session that ends leads to the log-in, and from there back to the page and its filters', async ({
  page,
  allowStatus,
  snap,
}) => {
  allowStatus(401)
  await openOrders(page, stack(), '/orders?status=100&page=1')
  await expect(page.getByText('T-MINE')).toBeVisible()
  await page.context().clearCookies()
  await page.reload()
  await expect(page.getByText('登录已结束')).toBeVisible()
  await snap('login-ended')
  await expect(page.getByLabel('账套')).toHaveValue('A001')
  await page.getByRole('textbox', { name: 'C8 Token' }).fill('c8-token-A001')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/orders\?status=100&page=1/)
  await expect(page.getByText('T-MINE')).toBeVisible()
})

test("two account sets are switched without typing again, and neither shows the other's orders", async ({ page }) => {
  await openOrders(page, stack())
  await page.goto(stack().link({ set_of_book: 'B002', user_name: '王建国' }))
  await expect(page.getByText('还没有订单')).toBeVisible()
  await page.getByRole('button', { name: '切换账套' }).click()
  await page.getByRole('menuitem', { name: /A001/ }).click()
  await expect(page.getByRole('region', { name: '今天' })).toContainText('¥4.00')
  await page.getByRole('link', { name: '订单', exact: true }).click()
  await expect(page.getByText('T-MINE')).toBeVisible()
})

test('a link in another tab finds the session, no script can read its token, and it ends in all tabs at once', async ({
  page,
  context,
  isPhone,
}) => {
  test.skip(isPhone, 'the tabs of a browser are the same')
  await openOrders(page, stack())
  const other = await context.newPage()
  await other.goto(`${stack().url}/orders?status=100`)
  await expect(other.getByText('T-MINE')).toBeVisible()
  const [cookie] = await context.cookies()
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', expires: -1 })
  expect(await other.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).not.toContain(
    cookie!.value,
  )
  const loadedAnew = page.waitForEvent('load')
  await page.getByRole('button', { name: '退出登录' }).click()
  await expect(other).toHaveURL(/login/)
  expect(await context.cookies()).toEqual([])
  await loadedAnew
  // The other tab comes back to its page when somebody logs in again.
  await page.goto(stack().link())
  await expect(other).toHaveURL(/orders\?status=100/)
})

test('C8 hands its log-in over to the frame that it opens, and nobody else can', async ({
  page,
  isPhone,
  allowStatus,
}) => {
  test.skip(isPhone, 'C8 frames on the desk')
  allowStatus(401)
  const { c8Url } = stack().sandbox
  const user = (name: string) =>
    JSON.stringify({ user: { set_of_book: 'A001', name, token: 'c8-token-A001' }, language: 'zh' })
  const html = `<iframe name="gobox" src="${stack().url}/orders" width="1200" height="700"></iframe>
    <iframe name="stranger"></iframe>`
  await page.goto(`${c8Url}/api/none`)
  await page.setContent(html)
  const goBox = page.frameLocator('[name=gobox]')
  await expect(goBox.getByRole('textbox', { name: 'C8 Token' })).toBeVisible()
  await page.evaluate(
    `frames.stranger.eval(${JSON.stringify(`parent.frames.gobox.postMessage(${JSON.stringify(user('x'))}, '*')`)})`,
  )
  await page.waitForTimeout(300)
  await expect(goBox.getByRole('textbox', { name: 'C8 Token' })).toHaveValue('')
  await page.evaluate(`frames.gobox.postMessage(${JSON.stringify(user('陈晓东'))}, ${JSON.stringify(stack().url)})`)
  await expect(goBox.getByText('T-MINE')).toBeVisible()
  await page.evaluate(`frames.gobox.location.replace(${JSON.stringify(`${stack().url}/devices`)})`)
  await expect(goBox.getByRole('heading', { name: '货柜' })).toBeVisible()
  expect(await page.context().cookies()).toEqual([])
})

test('logging out forgets the session', async ({ page }) => {
  await openOrders(page, stack())
  await page.getByRole('button', { name: '退出登录' }).click()
  await expect(page).toHaveURL(/login/)
  await page.goto(`${stack().url}/orders`)
  await expect(page).toHaveURL(/login/)
})

test('who may only look sees no button that changes anything', async ({ page, isPhone, snap }) => {
  await openPage(page, stack(), '/orders', viewer)
  await expect(page.getByText('T-MINE')).toBeVisible()
  await expect(page.getByRole('button', { name: '下载订单' })).toBeHidden()
  await expect(page.getByRole('checkbox')).toHaveCount(0)
  await page.getByRole('link', { name: 'T-MINE' }).click()
  await expect(page.getByRole('heading', { name: '经过' })).toBeVisible()
  await expect(page.getByRole('button', { name: '导入', exact: true })).toHaveCount(0)
  await snap(isPhone ? 'order-view-only' : 'order-view-only')
})
