import { expect, graveViolations, openOrders, rowOf, test, useStack } from './fixtures.ts'
import { bread, orderOf } from './stack.ts'

const stack = useStack(async ({ deliver, ask }) => {
  await deliver(
    ...Array.from({ length: 40 }, (_, index) =>
      orderOf(`T202611261200001008100${index + 10}`, index % 5 ? {} : { products: [bread] }),
    ),
    orderOf('T-REFUND', { status: 103 }),
  )
  const { root } = await ask<{ root: { id: number }[] }>('GET', '/api/orders?action=trade_view')
  await ask('POST', '/api/imports', { ids: root.slice(0, 20).map(({ id }) => id) })
})

/** How many orders have room between the bar at the top and what sticks to the bottom. */
const ROOM = `{
  const boxOf = (part) => document.querySelector(part).getBoundingClientRect()
  const step = boxOf('.cards > :nth-child(2)').top - boxOf('.cards > :nth-child(1)').top
  Math.floor((boxOf('.sums').top - boxOf('.frame-top-bar').bottom) / step)
}`

test('a phone shows six orders at once, and the sums stay in reach', async ({ page, isPhone, snap }) => {
  await openOrders(page, stack())
  await expect(rowOf(page, 'T-REFUND')).toBeVisible()
  const sums = page.getByText(/^共 41 个订单/)
  if (!isPhone) return expect(sums).toBeVisible()
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await expect(sums).toBeInViewport({ ratio: 1 })
    await snap(`phone-orders-${theme}`)
    await page.evaluate('scrollTo(0, 900)')
    await expect(sums).toBeInViewport({ ratio: 1 })
    expect(await page.evaluate(ROOM)).toBeGreaterThanOrEqual(6)
    await snap(`phone-orders-scrolled-${theme}`)
    await page.evaluate('scrollTo(0, 0)')
  }
  // The pages end the list; the sums cover none of them.
  await page.getByRole('button', { name: '下一页' }).scrollIntoViewIfNeeded()
  await page.getByRole('textbox', { name: '页码' }).click()
})

test('on a phone all filters are in one sheet, whose button says how many count', async ({ page, isPhone, snap }) => {
  test.skip(!isPhone, 'the desk has room for them')
  await openOrders(page, stack())
  await page.getByRole('button', { name: '筛选' }).tap()
  const sheet = page.getByRole('dialog', { name: '筛选' })
  for (const name of ['下单时间', '状态', '导入状态', '是否已导入', '退款', '排序'])
    await expect(sheet.getByRole('button', { name, exact: false }).first()).toBeVisible()
  await expect(sheet.getByRole('textbox')).toHaveCount(3)
  const bottom = () => sheet.boundingBox().then((box) => Math.round(box!.y + box!.height))
  await expect.poll(bottom).toBe(844)
  await sheet.getByRole('button', { name: '状态: 状态', exact: true }).tap()
  await page.getByRole('menuitem', { name: '退款成功' }).tap()
  await sheet.getByRole('button', { name: '下单时间' }).tap()
  await page.getByRole('menuitem', { name: '近 7 天' }).tap()
  expect(await graveViolations(page)).toEqual([])
  await snap('phone-filters-light')
  await page.emulateMedia({ colorScheme: 'dark' })
  await snap('phone-filters-dark')
  await sheet.getByRole('button', { name: '查看 1 个订单' }).tap()
  await expect(sheet).toBeHidden()
  await expect(rowOf(page, 'T-REFUND')).toBeVisible()
  const open = page.getByRole('button', { name: '筛选 2', exact: true })
  await expect(open).toBeFocused()
  await open.tap()
  await sheet.getByRole('button', { name: '清空' }).tap()
  await sheet.getByRole('button', { name: '查看 41 个订单' }).tap()
  await expect(page.getByRole('button', { name: '筛选', exact: true })).toBeVisible()
})
