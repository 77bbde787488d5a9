import { expect, openPage, saveDevice, test, useStack, viewer } from './fixtures.ts'
import { bread, orderOf, unconfigured, type Stack } from './stack.ts'

const stack = useStack()

interface Batch {
  id: number
  total: number
  pending: number
}

/** Delivers orders and has them imported as one batch. */
async function startBatch({ deliver, ask }: Stack, orders: ReturnType<typeof orderOf>[]) {
  await deliver(...orders)
  const { root } = await ask<{ root: { id: number; trans_id: string }[] }>(
    'GET',
    '/api/orders?action=trade_view&limit=1000',
  )
  const ids = root.filter(({ trans_id }) => orders.some((order) => order.trans_id === trans_id)).map(({ id }) => id)
  return (await ask<Batch>('POST', '/api/imports', { ids })).id
}

/** Nothing ends while C8 is that slow. */
const hold = () => stack().sandbox.control.latency({ c8: 1500 })
const release = () => stack().sandbox.control.latency({})

const many = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => orderOf(`${prefix}-${index}`))

test.beforeEach(async () => {
  await stack().sandbox.control.clearFaults()
  await release()
})

test('nothing imported yet says so and leads to the orders', async ({ page }) => {
  await openPage(page, stack(), '/imports', { set_of_book: 'B002', user_name: '王建国' })
  await expect(page.getByRole('heading', { name: '还没有导入过' })).toBeVisible()
  await page.getByRole('button', { name: '去订单页' }).click()
  await expect(page).toHaveURL(/\/orders$/)
})

test('a running batch is followed live, survives a reload, and ends with the failures by reason', async ({
  page,
  snap,
  isPhone,
}) => {
  const key = isPhone ? 'P' : 'D'
  await hold()
  const id = await startBatch(stack(), [
    ...many(`T-LIVE-${key}`, 30),
    orderOf(`T-BREAD-${key}`, { products: [bread] }),
    orderOf(`T-NEW-${key}`, { dev_id: unconfigured }),
    orderOf(`T-NEW2-${key}`, { dev_id: unconfigured }),
  ])
  await openPage(page, stack(), '/imports')
  await page.getByRole('link', { name: `批次 ${id} ` }).click()
  await expect(page).toHaveURL(new RegExp(`/imports/${id}$`))
  await expect(page.getByText('导入中')).toBeVisible()
  await expect(page.getByText('可以离开或关闭这个页面')).toBeVisible()
  await snap('import-running')
  await page.reload()
  await expect(page.getByText('导入中')).toBeVisible()
  await release()
  await expect(page.getByText('成功 30')).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('有失败')).toBeVisible()

  const failures = page.getByRole('region', { name: '没有导入的 3 个订单' })
  await expect(failures.getByRole('article').first()).toContainText(`货柜 ${unconfigured} 还没有配置`)
  await expect(failures.getByRole('article').first()).toContainText('2 个')
  await expect(failures).toContainText(bread.barcode)
  await snap('import-done')
  await failures.getByRole('link', { name: `T-BREAD-${key}` }).click()
  await expect(page).toHaveURL(/\/orders\/\d+/)
})

test('why orders failed is mended at its source, and only these are retried', async ({ page, isPhone }) => {
  const key = isPhone ? 'P' : 'D'
  const id = await startBatch(stack(), [
    orderOf(`T-MEND-${key}`, { dev_id: unconfigured }),
    orderOf(`T-STAY-${key}`, { products: [bread] }),
  ])
  await openPage(page, stack(), `/imports/${id}`)
  const reason = page.getByRole('article').filter({ hasText: '还没有配置' })
  await reason.getByRole('button', { name: `配置货柜 ${unconfigured}` }).click()
  await saveDevice(page, '前海大厦茶水间')
  await expect(page.getByText('已保存货柜')).toBeVisible()

  await expect(page, 'nobody has to find the way back').toHaveURL(new RegExp(`/imports/${id}$`))
  await expect(reason.getByText('货柜已配置，可以重试了')).toBeVisible()
  await reason.getByRole('button', { name: '重试这 1 个' }).click()
  await expect(page.getByText('1 个订单已重新排队')).toBeVisible()
  await expect(page.getByText('成功 1')).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('失败 1')).toBeVisible()
  await expect(reason).toBeHidden()
  const { root } = await stack().ask<{ root: { id: number; dev_id: number }[] }>('GET', '/api/devices')
  await stack().ask('DELETE', `/api/devices/${root.find(({ dev_id }) => dev_id === unconfigured)!.id}`)
})

test('what has not begun is cancelled after a question, the rest is finished', async ({ page, isPhone }) => {
  await hold()
  const id = await startBatch(stack(), many(`T-CANCEL-${isPhone ? 'P' : 'D'}`, 40))
  await openPage(page, stack(), `/imports/${id}`)
  await page.getByRole('button', { name: '取消还没开始的' }).click()
  const question = page.getByRole('dialog', { name: /取消还没开始的 \d+ 个订单？/ })
  await expect(question.getByRole('button', { name: '继续导入' })).toBeFocused()
  await question.getByRole('button', { name: /取消这 \d+ 个/ }).click()
  await expect(page.getByText(/已取消 \d+ 个订单的导入/)).toBeVisible()
  await release()
  await expect(page.getByText(/^取消 \d+$/)).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('导入中')).toBeHidden({ timeout: 20_000 })
  const { pending } = await stack().ask<Batch>('GET', `/api/imports/${id}`)
  expect(pending).toBe(0)
})

test('while C8 is down, panel, list and banner say why and when it is tried again', async ({ page, isPhone, snap }) => {
  test.skip(isPhone, 'the words are the same')
  const { control } = stack().sandbox
  await stack().deliver(orderOf('T-DOWN'))
  await openPage(page, stack(), '/orders?q=T-DOWN')
  await page.locator('.order-row .el-checkbox').first().click()
  await page.getByRole('toolbar', { name: '所选订单' }).getByRole('button', { name: '导入' }).click()
  await control.fault({ step: 'c8.retail_lookup', kind: 'status', status: 500 })
  await page.getByRole('button', { name: '导入 1 个' }).click()
  const again = /C8 .+失败.+；\d\d:\d\d:\d\d 自动重试/
  await expect(page.getByRole('region', { name: '导入 C8' })).toContainText(again)
  await expect(page.locator('.banner')).toContainText(again)
  await expect(page.locator('.order-row')).toContainText(again)
  await expect(page.locator('.order-row')).not.toContainText('请稍后再试')
  await snap('orders-c8-down')
  await control.clearFaults()
  await expect(page.locator('.banner')).toBeHidden({ timeout: 20_000 })
})

test('where the events do not come through, the page asks instead', async ({ page, isPhone, allowStatus }) => {
  allowStatus(0, 503)
  await hold()
  await page.route('**/api/imports/*/events', (route) => route.fulfill({ status: 503 }))
  const id = await startBatch(stack(), many(`T-POLL-${isPhone ? 'P' : 'D'}`, 30))
  await openPage(page, stack(), `/imports/${id}`)
  await expect(page.getByText('导入中')).toBeVisible()
  await release()
  await expect(page.getByText('成功 30')).toBeVisible({ timeout: 20_000 })
})

test('many orders are reset by the server: the panel comes back after a reload and in a new tab', async ({
  page,
  context,
  isPhone,
}) => {
  test.skip(isPhone, 'the panel is the same')
  await startBatch(stack(), many('T-GONE', 60))
  const { root } = await stack().ask<{ root: { id: number }[] }>(
    'GET',
    '/api/orders?action=trade_view&q=T-GONE&limit=100',
  )
  const ids = root.map(({ id }) => id)
  await expect
    .poll(
      async () =>
        (await stack().ask<{ total: number }>('GET', '/api/orders?action=trade_view&q=T-GONE&import_state=imported'))
          .total,
    )
    .toBe(60)
  await hold()
  await stack().ask('POST', '/api/jobs', { kind: 'reset', ids })
  await openPage(page, stack(), '/orders?q=T-GONE')
  const panel = page.getByRole('region', { name: '状态重置' })
  await expect(panel.getByText('/ 60')).toBeVisible()
  await page.reload()
  await expect(panel.getByText('/ 60')).toBeVisible()
  const other = await context.newPage()
  await openPage(other, stack(), '/orders')
  await expect(other.getByRole('region', { name: '状态重置' })).toBeVisible()
  await release()
  await expect(panel.getByText('成功 0，失败 60')).toBeVisible()
  await expect(panel).toContainText('零售单依然存在')
})

test('the panel of a job folds to a line, on the phone at first, stays so, and lies over no pager', async ({
  page,
  isPhone,
  snap,
}) => {
  await hold()
  const id = await startBatch(stack(), many(`T-FOLD-${isPhone ? 'P' : 'D'}`, 40))
  await openPage(page, stack(), '/orders?size=30')
  const panel = page.getByRole('region', { name: '导入 C8' })
  const bar = panel.getByRole('progressbar')
  const fold = panel.getByRole('button', { name: /收起|展开/ })
  await expect(fold).toHaveAttribute('aria-expanded', String(!isPhone))
  await expect(bar).toBeVisible({ visible: !isPhone })
  await expect(panel).toContainText('C8 还没有回答')
  const { x, width } = (await fold.boundingBox())!
  expect(x + width, 'however long the reason is').toBeLessThan(page.viewportSize()!.width)
  await snap('job-panel')
  for (const _ of ['as it is', 'the other way']) {
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
    const [over, under] = [(await panel.boundingBox())!, (await page.locator('.list-pager').boundingBox())!]
    expect(under.y + under.height, 'at its end the page shows the whole pager').toBeLessThanOrEqual(over.y)
    await fold.click()
  }
  await fold.click()
  await expect(bar).toBeVisible({ visible: isPhone })
  await expect(panel).toContainText(/\d+ \/ 40|还没有回答/)
  if (!isPhone) expect((await panel.boundingBox())!.height).toBeLessThan(64)
  await snap('job-panel-other')
  await page.reload()
  await expect(bar).toBeVisible({ visible: isPhone })

  await page.goto(`${stack().url}/imports/${id}`)
  await expect(page.getByText('导入中')).toBeVisible()
  await expect(panel).toHaveCount(0)
  await release()
  await expect(page.getByText('成功 40')).toBeVisible({ timeout: 20_000 })
})

test('when C8 ends the log-in the import pauses and every page says so', async ({ page, isPhone }) => {
  const { control } = stack().sandbox
  await control.removeToken('c8-token-A001')
  await openPage(page, stack(), '/imports', viewer)
  const id = await startBatch(stack(), many(`T-PAUSE-${isPhone ? 'P' : 'D'}`, 2))
  await page.goto(`${stack().url}/imports/${id}`)
  await expect(async () => {
    await page.reload()
    await expect(page.getByText('导入已暂停').first()).toBeVisible({ timeout: 1000 })
  }).toPass({ timeout: 20_000 })
  await expect(page.getByRole('link', { name: '重新登录' })).toBeVisible()
  await control.addTokens({ token: 'c8-token-A001', access_level: 15, user_name: '陈晓东', set_of_books: ['A001'] })
  await page.getByRole('link', { name: '重新登录' }).click()
  await page.getByRole('textbox', { name: '用户' }).fill('陈晓东')
  await page.getByRole('textbox', { name: 'C8 Token' }).fill('c8-token-A001')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/imports/${id}$`))
  await expect(page.getByText('全部成功')).toBeVisible({ timeout: 20_000 })
})

test('a batch that does not exist is told as such', async ({ page, allowStatus }) => {
  allowStatus(404)
  await openPage(page, stack(), '/imports/987654')
  await expect(page.getByText('没有这个导入批次')).toBeVisible()
})
