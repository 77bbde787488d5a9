import type { Page } from '@playwright/test'
import { chooseRow, expect, openOrders, test, useStack } from './fixtures.ts'
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
const rows = '.el-table__row, .cards > li'

/** The longest time in milliseconds for which the page took no input while `work` was done; a busy machine takes several times what a clerk's does. */
async function longestTaskDuring(page: Page, work: () => Promise<unknown>) {
  await page.evaluate(
    `window.tasks = []; window.observer = new PerformanceObserver(list => tasks.push(...list.getEntries().map(entry => entry.duration))); observer.observe({ type: 'longtask' })`,
  )
  await work()
  return page.evaluate(
    'new Promise(resolve => requestAnimationFrame(() => setTimeout(() => { observer.disconnect(); resolve(Math.max(0, ...tasks)) }, 100)))',
  ) as Promise<number>
}

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

test('with a thousand orders on the page typing, choosing and unfolding do not lag', async ({ page, isPhone }) => {
  test.setTimeout(120_000)
  await openOrders(page, stack(), `/orders?size=${MANY}`)
  await expect(page.locator(rows)).toHaveCount(MANY)
  await page.waitForLoadState('networkidle')
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  const field = page.getByRole('textbox', { name: '订单号或用户' })
  await field.focus()
  for (const key of 'T-0123')
    expect(await longestTaskDuring(page, () => page.keyboard.press(key)), `after ${key}`).toBeLessThan(200)
  expect(asked, 'nothing is asked while typing').toEqual([])
  for (let count = 0; count < 6; count++) await page.keyboard.press('Backspace')

  expect(
    await longestTaskDuring(page, async () => {
      await chooseRow(page, 'T-0000')
      await expect(page.getByRole('toolbar', { name: '所选订单' })).toContainText('已选 1 个')
    }),
    'choosing',
  ).toBeLessThan(800)
  expect(await longestTaskDuring(page, () => page.mouse.wheel(0, 20_000)), 'scrolling').toBeLessThan(800)
  if (isPhone) return
  expect(
    await longestTaskDuring(page, async () => {
      await page.locator('.el-table__expand-icon').first().click()
      await expect(page.locator('.order-lines')).toBeVisible()
    }),
    'unfolding',
  ).toBeLessThan(2500)
})
