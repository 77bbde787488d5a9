import { expect, openPage, rowOf, test, useStack } from './fixtures.ts'
import { bread, orderOf, unconfigured } from './stack.ts'

const stack = useStack(async ({ deliver, ask }) => {
  await deliver(
    orderOf('T-READY'),
    orderOf('T-OLD', { daysAgo: 3 }),
    orderOf('T-BEFORE', { daysAgo: 9 }),
    orderOf('T-FAILED', { products: [bread] }),
    orderOf('T-NEW', { dev_id: unconfigured }),
    orderOf('T-BACK', { status: 103 }),
  )
  const { root } = await ask<{ root: { id: number; trans_id: string }[] }>('GET', '/api/orders?action=trade_view')
  for (const transId of ['T-FAILED', 'T-NEW'])
    await ask('POST', `/api/orders/${root.find(({ trans_id }) => trans_id === transId)!.id}?action=import`).catch(
      () => undefined,
    )
})

test('the figures stand for exactly the orders they lead to', async ({ page, snap }) => {
  await openPage(page, stack(), '/')
  const week = page.getByRole('region', { name: '近 7 天' })
  await expect(week).toContainText('¥18.80')
  await expect(week).toContainText('4 单')
  await expect(page.getByRole('region', { name: '今天' })).toContainText('¥14.80')
  await snap('overview')

  // An order that failed for its cabinet is counted with the cabinet alone.
  await expect(page.getByRole('region', { name: '待办' }).getByRole('listitem')).toHaveCount(2)
  await page.getByRole('link', { name: /导入失败/ }).click()
  await expect(rowOf(page, 'T-FAILED')).toBeVisible()
  await expect(rowOf(page, 'T-')).toHaveCount(1)
  await page.goBack()
  await page.getByRole('link', { name: /货柜未配置/ }).click()
  await expect(rowOf(page, 'T-NEW')).toBeVisible()
  await expect(rowOf(page, 'T-')).toHaveCount(1)
  await expect(page).toHaveURL(new RegExp(`dev_id=${unconfigured}&status=100&is_imported=0`))
  await page.goBack()
  await page.getByRole('region', { name: '今天' }).getByRole('link', { name: '¥4.00' }).click()
  await expect(rowOf(page, 'T-BACK')).toBeVisible()
  await expect(rowOf(page, 'T-')).toHaveCount(1)
})

test('the overview says in a sentence how the shop does, against the days before and by which clock', async ({
  page,
}) => {
  await openPage(page, stack(), '/')
  const sentence = page.locator('.overview-sentence')
  await expect(sentence).toContainText('近 7 天卖出 4 单，¥18.80，比前 7 天同期多 370%')
  await expect(sentence).toContainText('昨天此时还没有卖出')
  await expect(sentence).toContainText('时间按 Asia/Shanghai')
  await expect(page.getByRole('region', { name: '近 7 天' })).toContainText('▲ 370% 比前 7 天同期')
  await expect(page.getByRole('region', { name: '今天' })).not.toContainText('比昨天此时')
})

test('the charts are drawn from zero and say the same as a table', async ({ page }) => {
  await openPage(page, stack(), '/')
  const days = page.getByRole('table', { name: '每天销售额' })
  await expect(days.getByRole('row')).toHaveCount(8)
  await expect(days.getByRole('row').last()).toContainText('¥14.80')
  await expect(page.getByRole('table', { name: '各货柜销售额' })).toContainText(`${unconfigured} 未配置`)
  await expect(page.locator('figure svg')).toHaveCount(2)
  await page.getByText('近 30 天').last().click()
  await expect(days.getByRole('row')).toHaveCount(31)
  await page.reload()
  await expect(days.getByRole('row')).toHaveCount(31)
})

test('a best seller leads to the orders with it', async ({ page }) => {
  await openPage(page, stack(), '/')
  await page.getByRole('link', { name: bread.name }).click()
  await expect(rowOf(page, 'T-FAILED')).toBeVisible()
  await expect(rowOf(page, 'T-')).toHaveCount(1)
})

test('a shop that has just been opened is told its first steps', async ({ page, snap }) => {
  await openPage(page, stack(), '/', { set_of_book: 'B002', user_name: '王建国' })
  await expect(page.getByRole('heading', { name: '还没有订单' })).toBeVisible()
  await snap('overview-new')
  await page.getByRole('button', { name: '去设置对接' }).click()
  await expect(page.getByText('还没有设置，现在不能下载订单。')).toBeVisible()
  await expect(page.getByText('还没有收到过 goBox 的消息')).toBeVisible()
})

test('figures that do not come say why and are asked for again', async ({ page, allowStatus }) => {
  allowStatus(503)
  const fail = { status: 503, json: { state: 0, errmsg: '存储暂时不可用，请稍后再试' } }
  await page.route('**/api/summary*', (route) => route.fulfill(fail))
  await openPage(page, stack(), '/')
  await expect(page.getByText('存储暂时不可用')).toBeVisible()
  await page.unroute('**/api/summary*')
  await page.getByRole('button', { name: '重试' }).click()
  await expect(page.getByRole('region', { name: '近 7 天' })).toBeVisible()
})
