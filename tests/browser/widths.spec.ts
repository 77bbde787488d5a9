import type { Locator, Page } from '@playwright/test'
import { expect, openPage, rowOf, test, useStack } from './fixtures.ts'
import { bread, orderOf, water } from './stack.ts'

const LONG = 'Q'.repeat(250)
const WIDTHS = [360, 390, 768, 1024, 1440, 2560]

const stack = useStack(async ({ deliver, ask }) => {
  await deliver(
    orderOf('T2026112612000010081001', { products: [{ ...water, name: LONG, amount: 123_456.78 }] }),
    orderOf('T2026112612000010081002', { products: [bread, { ...water, name: LONG }] }),
    orderOf('T2026112612000010081003', { products: [{ ...water, amount: 987_654.32 }], status: 103 }),
  )
  const { root } = await ask<{ root: { id: number }[] }>('GET', '/api/orders?action=trade_view')
  await ask('POST', '/api/imports', { ids: root.map(({ id }) => id) })
  await ask('PUT', '/api/devices/1', { name: '仓'.repeat(64) }).catch(() => undefined)
})

/** Figures and links that lie over one another. */
const OVERLAPS = `
  const boxes = [...document.querySelectorAll('main :is(a, .number)')]
    .filter((one) => !one.parentElement.closest('a, .number') && one.offsetParent)
    .map((one) => ({ one, box: one.getBoundingClientRect() }))
  const lieOver = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1
  boxes.flatMap(({ one, box }, index) =>
    boxes
      .slice(index + 1)
      .filter((other) => lieOver(box, other.box))
      .map((other) => one.textContent + ' | ' + other.one.textContent))`

/** An order's row at `width`: nothing is cut off at the side, and its id stands on one line. */
async function expectReadable(page: Page, width: number) {
  const row = rowOf(page, 'T2026112612000010081001')
  const boxOf = (part: Locator) => part.first().boundingBox()
  // Rows are drawn anew where a width turns the table into cards, and when the state of the import is told.
  await expect(async () => {
    for (const text of ['¥123,456.78', '支付成功', /导入|排队/]) {
      const box = await boxOf(row.getByText(text))
      expect(box && box.x + box.width, `${text} at ${width}`).toBeLessThanOrEqual(width)
    }
    expect((await boxOf(row.locator('.mono')))?.height, `the id at ${width}`).toBeLessThan(30)
  }).toPass({ timeout: 15_000 })
}

test('no page scrolls sideways, and nothing is cut off or lies over another, from a phone to a wide desk', async ({
  page,
  isPhone,
}) => {
  test.skip(isPhone, 'the widths are named here')
  test.setTimeout(120_000)
  await openPage(page, stack(), '/')
  const today = new Date().toISOString().slice(0, 10)
  for (const path of [
    '/',
    '/orders',
    '/orders/1',
    '/imports',
    '/imports/1',
    '/devices',
    '/devices/1',
    '/settlements',
    `/settlements/${today}`,
    '/reports',
    '/reports?by=hour',
    '/reports?by=product',
    '/products',
    '/settings',
  ]) {
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto(stack().url + path, { waitUntil: 'networkidle' })
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 })
      // Charts take the new width a moment later.
      await expect.soft
        .poll(() => page.evaluate('document.documentElement.scrollWidth'), { message: `${path} at ${width}` })
        .toBeLessThanOrEqual(width)
      if (path === '/' || /^\/(reports|products)/.test(path))
        await expect.soft.poll(() => page.evaluate(`{${OVERLAPS}}`), { message: `${path} at ${width}` }).toEqual([])
      if (path === '/orders') await expectReadable(page, width)
    }
  }
})
