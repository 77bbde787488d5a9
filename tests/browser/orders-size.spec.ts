import type { Page } from '@playwright/test'
import { expect, openOrders, rowOf, test, useStack } from './fixtures.ts'
import { orderOf, type Stack } from './stack.ts'

const MANY = 1000
const GROUP = 50

async function fill({ deliver }: Stack) {
  for (let first = 0; first < MANY; first += GROUP) {
    await Promise.all(
      Array.from({ length: GROUP }, (_, index) =>
        deliver(orderOf(`T-${String(first + index).padStart(4, '0')}`, { daysAgo: first / GROUP })),
      ),
    )
  }
}

const stack = useStack(fill)
const rows = '.order-row, .cards > li'

/** Notes which rows that stay in the list change, in what they show or how. */
const watchRows = `
  window.changed = new Set()
  window.note = (records) => {
    for (const { target } of records) {
      const row = (target.closest ? target : target.parentElement)?.closest('${rows}')
      if (row?.isConnected) changed.add(row)
    }
  }
  window.observer = new MutationObserver(note)
  observer.observe(document.querySelector('${rows}').parentElement, {
    subtree: true, childList: true, characterData: true, attributes: true,
  })`
const endWatch = 'note(observer.takeRecords()); observer.disconnect(); [...changed].map((row) => row.dataset.order)'

/** The orders whose rows change while `work` is done. */
async function rowsChangedBy(page: Page, work: () => Promise<unknown>) {
  await page.evaluate(watchRows)
  await work()
  return page.evaluate(endWatch) as Promise<string[]>
}

/** The order whose row or card stands in the middle of the window. */
const rowInSight = (page: Page) =>
  page.evaluate(
    `document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest('${rows}')?.dataset.order ?? ''`,
  ) as Promise<string>

test('30, 50 or 100 orders stand on a page, as chosen in the address and remembered', async ({ page }) => {
  await openOrders(page, stack())
  await expect(page.locator(rows)).toHaveCount(50)
  for (const size of [100, 30]) {
    await page.getByRole('button', { name: '每页条数' }).click()
    await page.getByRole('menuitem', { name: `${size} 条/页` }).click()
    await expect(page).toHaveURL(new RegExp(`size=${size}`))
    await expect(page.locator(rows)).toHaveCount(size)
  }
  await page.goto(`${stack().url}/orders`)
  await expect(page.locator(rows)).toHaveCount(30)
  await expect(page.getByText('/ 34')).toBeVisible()
})

test('of a thousand orders those in sight are drawn, and typing, choosing and unfolding touch one row at most', async ({
  page,
  isPhone,
}) => {
  await openOrders(page, stack(), '/orders?size=1000')
  await expect(page.getByText('共 1,000 个订单')).toBeVisible()
  const count = () => page.locator(rows).count()
  await expect.poll(count).toBeLessThan(60)
  await page.waitForLoadState('networkidle')
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))

  const field = page.getByRole('textbox', { name: '交易编号、用户id或零售单单号' })
  await field.focus()
  expect(await rowsChangedBy(page, () => page.keyboard.type('T-0123')), 'typing').toEqual([])
  expect(asked, 'nothing is asked while typing').toEqual([])
  for (let index = 0; index < 6; index++) await page.keyboard.press('Backspace')

  const first = page.locator(rows).first()
  const choosing = await rowsChangedBy(page, async () => {
    await first.locator('.el-checkbox').click()
    await expect(page.getByRole('toolbar', { name: '所选订单' })).toContainText('已选 1 个')
  })
  expect(choosing, 'choosing').toHaveLength(1)
  if (!isPhone) {
    const unfolding = await rowsChangedBy(page, async () => {
      await first.locator('.unfold button').click()
      await expect(page.locator('.order-lines')).toBeVisible()
    })
    expect(unfolding, 'unfolding').toHaveLength(1)
  }

  await page.mouse.wheel(0, 20_000)
  await expect.poll(() => rowInSight(page)).not.toBe('')
  expect(await count(), 'after scrolling').toBeLessThan(60)
  await page.evaluate('scrollTo(0, document.body.scrollHeight)')
  await expect(page.getByText(/T-09[5-9]\d/).last()).toBeInViewport()
  await page.evaluate('scrollTo(0, 0)')
  await expect(first.getByRole('checkbox')).toBeChecked()
  expect(asked, 'nothing is asked anew').toEqual([])
})

test('a page behind the last leads to the last there is', async ({ page }) => {
  await openOrders(page, stack(), '/orders?size=100&page=50')
  await expect(page).toHaveURL(/page=10\b/)
  await expect(rowOf(page, 'T-0999')).toBeVisible()
})

test('an order that is opened and closed leaves place, choice and focus as they were', async ({ page, isPhone }) => {
  await openOrders(page, stack(), '/orders?size=50&status=100')
  const bar = page.getByRole('toolbar', { name: '所选订单' })
  const top = () => page.evaluate('scrollY') as Promise<number>
  await page.locator(rows).first().locator('.el-checkbox').click()
  await expect(bar).toContainText('已选 1 个')
  const link = page.locator(rows).nth(30).getByRole('link').first()
  await link.scrollIntoViewIfNeeded()
  const before = await top()
  expect(before).toBeGreaterThan(100)
  await link.click()
  await expect(page.getByRole('heading', { name: '经过' })).toBeVisible()
  if (isPhone) await page.getByRole('button', { name: '返回列表' }).click()
  else await page.keyboard.press('Escape')
  await expect(link).toBeFocused()
  expect(await top()).toBe(before)
  await expect(bar).toContainText('已选 1 个')

  await page.getByRole('button', { name: '下一页' }).click()
  await expect(page).toHaveURL(/page=2/)
  await expect.poll(top).toBe(0)
  await expect(bar).toContainText('已选 1 个')
})

// The first key did nothing after the page was turned in two of three runs.
test('j and k go through the list, x and Shift choose, and an open order leads to the next', async ({
  page,
  isPhone,
}) => {
  test.skip(isPhone, 'a phone has no keys')
  await openOrders(page, stack(), '/orders?size=50&status=100')
  const bar = page.getByRole('toolbar', { name: '所选订单' })
  await page.locator(rows).last().locator('.el-checkbox').click()
  await page.getByRole('button', { name: '下一页' }).click()
  await expect(page.getByText('T-0099')).toBeVisible()
  await page.evaluate('document.activeElement.blur()')
  await page.keyboard.press('j')
  await expect(page.locator(rows).first().getByRole('link').first()).toBeFocused()
  for (const key of ['j', 'x']) await page.keyboard.press(key)
  await expect(page.locator(rows).nth(1).getByRole('checkbox')).toBeChecked()
  await page
    .locator(rows)
    .nth(4)
    .locator('.el-checkbox')
    .click({ modifiers: ['Shift'] })
  await expect(bar).toContainText('已选 5 个')
  await page.keyboard.press('k')
  await page.keyboard.press('Enter')
  const number = page.locator('.order-detail h2')
  await expect(number).toHaveText((await page.locator(rows).nth(3).locator('.mono').first().textContent())!)
  await page.keyboard.press('j')
  await expect(number).toHaveText((await page.locator(rows).nth(4).locator('.mono').first().textContent())!)
  await page.getByRole('button', { name: '上一个订单' }).click()
  await page.getByRole('button', { name: '上一个订单' }).click()
  await page.keyboard.press('Escape')
  await expect(page.locator(rows).nth(2).getByRole('link').first()).toBeFocused()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: '键盘操作' })).toBeVisible()
})
