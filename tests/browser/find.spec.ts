import type { Page } from '@playwright/test'
import { expect, graveViolations, openPage, rowOf, test, useStack, viewer } from './fixtures.ts'
import { bread, orderOf } from './stack.ts'

const stack = useStack(({ deliver }) =>
  deliver(
    orderOf('F-FIRST', { e_id: 'Buyer-42' }),
    orderOf('F-SECOND', { products: [bread], daysAgo: 2 }),
    orderOf('F-OTHER', { e_id: 'Buyer-7' }),
  ),
)

const field = (page: Page) => page.getByRole('combobox', { name: '查找' })
const options = (page: Page, name: string) =>
  page.getByRole('listbox', { name: '查找' }).getByRole('group', { name, exact: false }).getByRole('option')
const chosen = (page: Page) => page.locator('[role=option][aria-selected=true]')

/** By its key on the desk, by its button on the phone. */
async function openFind(page: Page, isPhone: boolean) {
  const button = page.getByRole('button', { name: '找订单、货柜、页面' })
  await expect(button).toBeVisible()
  if (isPhone) await button.tap()
  else await page.keyboard.press('Control+k')
  await expect(field(page)).toBeFocused()
}

test('an order is found by its number and opened by Enter alone, also when Enter is quicker than the answer', async ({
  page,
  isPhone,
}) => {
  await openPage(page, stack(), '/')
  await openFind(page, isPhone)
  await page.route('**/api/find*', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500))
    await route.continue()
  })
  await field(page).fill('F-SECOND')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/orders\/\d+$/)
  await expect(page.locator('.order-detail')).toContainText('F-SECOND')
  const remembered = await page.evaluate('localStorage["gobox.found"]')
  expect(remembered).toContain('F-SECOND')
  expect(remembered, 'nothing that ages, and no buyer').not.toContain('E-F-SECOND')
})

test('the server is asked when the typing rests, not with each letter', async ({ page, isPhone }) => {
  await openPage(page, stack(), '/')
  await openFind(page, isPhone)
  const asked: string[] = []
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.pathname === '/api/find') asked.push(url.searchParams.get('q')!)
  })
  await field(page).pressSequentially('F-SECOND')
  await expect(options(page, '订单（最近的）')).toHaveText(/F-SECOND/)
  expect(asked.at(-1)).toBe('F-SECOND')
  expect(asked.length).toBeLessThan(4)
})

test('a buyer, a cabinet, a product and a barcode are found, each under its own word', async ({
  page,
  isPhone,
  snap,
}) => {
  await openPage(page, stack(), '/')
  await openFind(page, isPhone)
  await field(page).fill('buyer-42')
  await expect(options(page, '订单')).toContainText(['F-FIRST'])
  await expect(options(page, '订单（最近的）')).toHaveCount(1)
  await snap('find')
  expect(await graveViolations(page)).toEqual([])

  await field(page).fill('10081')
  await expect(options(page, '货柜')).toHaveCount(1)

  // What was sold is counted by product some seconds later.
  const products = async () =>
    (await stack().ask<{ products: unknown[] }>('GET', `/api/find?q=${encodeURIComponent('红豆面包')}`)).products
  await expect.poll(products, { timeout: 15_000 }).toHaveLength(1)
  await field(page).fill('红豆面包')
  await options(page, '商品').click()
  await expect(page).toHaveURL(new RegExp(`/orders\\?barcode=${bread.barcode}`))
  await expect(rowOf(page, 'F-SECOND')).toBeVisible()
  await expect(rowOf(page, 'F-FIRST')).toHaveCount(0)
})

test('what is not found at once leads to the search of all orders', async ({ page, isPhone }) => {
  await openPage(page, stack(), '/devices')
  await openFind(page, isPhone)
  await field(page).fill('BUYER')
  await page.getByRole('option', { name: '在订单里搜索“BUYER”' }).click()
  await expect(page).toHaveURL(/\/orders\?q=BUYER/)
  await expect(rowOf(page, 'F-OTHER')).toBeVisible()
})

test('the arrows lead through what is found, in a circle, and Esc closes it with the focus where it was', async ({
  page,
  isPhone,
}) => {
  test.skip(isPhone, 'a phone has no arrows')
  await openPage(page, stack(), '/orders')
  await page.getByRole('button', { name: '刷新' }).focus()
  await openFind(page, isPhone)
  await expect(chosen(page)).toHaveText('概览')
  await page.keyboard.press('ArrowUp')
  await expect(chosen(page)).toHaveText('退出登录')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(chosen(page)).not.toHaveText('概览')
  const id = await chosen(page).getAttribute('id')
  await expect(field(page)).toHaveAttribute('aria-activedescendant', id!)
  await page.keyboard.press('Escape')
  await expect(field(page)).toHaveCount(0)
  await expect(page.getByRole('button', { name: '刷新' })).toBeFocused()
})

test('actions are done from any page, and what was chosen is remembered without what was typed', async ({
  page,
  isPhone,
  snap,
}) => {
  await openPage(page, stack(), '/devices')
  await openFind(page, isPhone)
  await field(page).fill('切换主题')
  await page.getByRole('option', { name: '外观：深色' }).click()
  await expect(page.locator('html')).toHaveClass(/dark/)

  await openFind(page, isPhone)
  await snap('find-dark')
  await field(page).fill('下载')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: '从 goBox 下载订单' })).toBeVisible()
  await expect(page).toHaveURL(/\/orders$/)
  await page.goto(stack().url)

  await openFind(page, isPhone)
  await field(page).fill('secret-token')
  await page.getByRole('option', { name: '在订单里搜索“secret-token”' }).click()
  await expect(page).toHaveURL(/q=secret-token/)
  await openFind(page, isPhone)
  // What it is already is not offered again.
  await expect(options(page, '最近')).toHaveText(['下载订单'])
  expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('secret-token')
})

test('from the list what is filtered is exported', async ({ page, isPhone }) => {
  await openPage(page, stack(), '/orders?q=F-SECOND')
  await openFind(page, isPhone)
  await field(page).fill('导出 csv')
  const [request] = await Promise.all([
    page.waitForRequest('**/api/orders/export*'),
    page.waitForEvent('download'),
    page.keyboard.press('Enter'),
  ])
  expect(new URL(request.url()).searchParams.get('q')).toBe('F-SECOND')
})

test('who may only look finds no action that is not permitted', async ({ page, isPhone }) => {
  await openPage(page, stack(), '/', viewer)
  await openFind(page, isPhone)
  await expect(page.getByRole('option', { name: '退出登录' })).toBeVisible()
  await expect(page.getByRole('option', { name: '下载订单' })).toHaveCount(0)
})

test('where the server does not answer, pages are still found and it is said why orders are not', async ({
  page,
  isPhone,
  allowStatus,
}) => {
  allowStatus(503)
  await openPage(page, stack(), '/')
  await openFind(page, isPhone)
  await page.route('**/api/find*', (route) =>
    route.fulfill({ status: 503, json: { state: 0, errmsg: '存储暂时不可用，请稍后再试' } }),
  )
  await field(page).fill('日结')
  await expect(page.getByRole('alert')).toContainText('存储暂时不可用')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/settlements/)
})

test('it speaks English, too', async ({ page, isPhone, snap }) => {
  await openPage(page, stack(), '/')
  await page.getByRole('button', { name: 'English' }).click()
  const button = page.getByRole('button', { name: 'Find anything' })
  await (isPhone ? button.tap() : button.click())
  await page.getByRole('combobox', { name: 'Find' }).fill('log')
  await expect(page.getByRole('option', { name: 'Log out' })).toBeVisible()
  await snap('find-english')
})
