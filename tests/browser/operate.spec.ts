import { expect, graveViolations, openPage, test, useStack } from './fixtures.ts'
import { orderOf } from './stack.ts'

const stack = useStack(({ deliver }) => deliver(orderOf('T-1')))

test('the API reference shows every route without another host, also to who is not signed in', async ({
  page,
  snap,
}) => {
  const strangers: string[] = []
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(stack().url) && !/^(?:data|blob):/.test(url)) strangers.push(url)
  })
  await page.goto(`${stack().url}/api-reference`)
  await expect(page.getByRole('heading', { name: '接口说明' })).toBeVisible()
  await page.getByPlaceholder('按地址、名称或错误码查找').fill('trade_view')
  await page.getByText('GET /api/orders', { exact: true }).click()
  await expect(
    page.getByRole('cell', { name: 'unconfigured' }).or(page.getByText('unconfigured')).first(),
  ).toBeVisible()
  await expect(page.getByText('permission_missing').first()).toBeVisible()
  expect(await graveViolations(page)).toEqual([])
  expect(
    await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
    'it does not scroll sideways',
  ).toBeLessThanOrEqual(0)
  await snap('api-reference')
  expect(strangers).toEqual([])
})

test('a new shop sees what it has yet to do, and can have it put away', async ({ page, snap }) => {
  await openPage(page, stack(), '/')
  const list = page.getByRole('region', { name: '开始使用' })
  await expect(list).toContainText('自动下载和自动导入')
  await expect(list.getByRole('listitem')).toHaveCount(6)
  expect(await graveViolations(page)).toEqual([])
  await snap('onboarding')
  const alerts = list.getByRole('listitem').filter({ hasText: '通知渠道' })
  await alerts.getByRole('link', { name: '去设置' }).click()
  await expect(page.getByRole('button', { name: '添加渠道' })).toBeVisible()
  await openPage(page, stack(), '/')
  await list.getByRole('button', { name: '不再显示' }).click()
  await expect(list).toBeHidden()
  await page.reload()
  await expect(page.getByRole('heading', { name: '概览' })).toBeVisible()
  await expect(list).toBeHidden()
})

test('the settings tell version, engine, free space and what changed', async ({ page, snap }) => {
  await openPage(page, stack(), '/settings?tab=about')
  await expect(page.getByText('SQLite')).toBeVisible()
  await expect(page.getByText(/^\d+\.\d GiB$/)).toBeVisible()
  expect(await graveViolations(page)).toEqual([])
  await snap('settings-about')
  await page.getByRole('button', { name: '更新内容' }).click()
  await expect(page.getByRole('heading', { name: '0.2.0' })).toBeVisible()
})
