import { expect, openPage, test, useStack } from './fixtures.ts'
import { orderOf } from './stack.ts'

const stack = useStack(({ deliver }) => deliver(orderOf('T-1'), orderOf('T-2', { daysAgo: 1 })))

/** What paper has no use for; the words of filters and of sorted columns are buttons as well, and stay. */
const OPERATED =
  'nav, [role=tablist], .el-button, .el-input, .el-select, .el-checkbox, .el-segmented, .el-radio-group, .list-pager, .help-button'

test('pages are printed without menu, fields and buttons', async ({ page, snap }) => {
  for (const [path, shown] of [
    ['/', 'figure svg'],
    ['/orders?status=100', '.order-row, .el-table__row, .cards > li'],
    ['/reports', 'figure svg'],
    ['/settlements', '[data-date]'],
  ] as const) {
    await page.emulateMedia({ media: null })
    await openPage(page, stack(), path)
    await expect(page.locator(shown).first()).toBeVisible()
    await page.emulateMedia({ media: 'print' })
    await snap(`print-${/\w+/.exec(path)?.[0] ?? 'overview'}`)
    const left = await page
      .locator(OPERATED)
      .filter({ visible: true })
      .evaluateAll((found) => (found as { outerHTML: string }[]).map(({ outerHTML }) => outerHTML.slice(0, 120)))
    expect.soft(left, path).toEqual([])
    await expect(page.locator(shown).first()).toBeVisible()
  }
})
