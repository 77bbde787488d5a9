import { startRobots, type Robots } from '../../sandbox/robots.ts'
import { expect, graveViolations, openPage, test, useStack, viewer } from './fixtures.ts'
import { orderOf, unconfigured } from './stack.ts'

let robots: Robots
const settings: Record<string, string> = {}

test.beforeAll(async () => {
  robots = await startRobots()
  settings.NUXT_ALERT_ALLOWED_ORIGINS = robots.url
})
const stack = useStack(({ deliver }) => deliver(orderOf('T-1'), orderOf('T-NEW', { dev_id: unconfigured })), settings)
test.afterAll(() => robots.close())

test('the bell counts what needs somebody, shows it beside any page, and lets it be put off', async ({
  page,
  snap,
}) => {
  await openPage(page, stack(), '/imports')
  const bell = page.getByRole('button', { name: '待办 1' })
  await bell.click()
  const drawer = page.getByRole('dialog', { name: '待办' })
  const item = drawer.getByRole('listitem').filter({ hasText: `货柜未配置：${unconfigured}` })
  await expect(item).toContainText('¥4.00')
  await snap('attention-drawer')
  expect(await graveViolations(page)).toEqual([])
  await item.getByRole('button', { name: '稍后' }).click()
  await page.getByText('明天早上再提').click()
  await expect(drawer.getByText('没有待办，一切正常')).toBeVisible()
  await drawer.getByText('已推迟的').click()
  await expect(item).toContainText('陈晓东')
  await item.getByRole('button', { name: '恢复' }).click()
  await drawer.getByText('待办的').click()
  await item.getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`dev_id=${unconfigured}&status=100&is_imported=0`))
  await expect(drawer).toBeHidden()
  await expect(page.getByText('T-NEW')).toBeVisible()
})

test('a channel is added with the address that its robot gives, and says why a test fails', async ({
  page,
  allowStatus,
  snap,
}) => {
  allowStatus(400, 422)
  await openPage(page, stack(), '/settings?tab=alerts')
  await expect(page.getByRole('heading', { name: '还没有通知渠道' })).toBeVisible()
  await snap('settings-alerts-empty')
  await page.getByRole('button', { name: '添加渠道' }).click()
  const form = page.getByRole('dialog', { name: '添加通知渠道' })
  await form.getByText('钉钉', { exact: true }).click()
  await form.getByLabel('名称').fill('店长群')
  await form.getByLabel('地址').fill('https://oapi.dingtalk.com.evil.example/robot/send?access_token=x')
  await form.getByText('怎样得到这个地址？').click()
  await expect(form.getByText(/安全设置选“加签”/)).toBeVisible()
  expect(await graveViolations(page)).toEqual([])
  await form.getByRole('button', { name: '保存' }).click()
  await expect(form.getByText('必须是 https://oapi.dingtalk.com/ 开头的机器人地址')).toBeVisible()
  await snap('alert-form')
  await form.getByLabel('地址').fill(robots.addresses.dingtalk)
  await form.getByLabel('加签密钥').fill('wrong')
  await form.getByRole('button', { name: '保存' }).click()

  const channel = page.getByRole('listitem').filter({ hasText: 'access_token=******' })
  await expect(channel).toContainText('店长群')
  await channel.getByRole('button', { name: '发测试' }).click()
  await expect(channel.getByRole('alert')).toContainText('310000')
  await channel.getByRole('button', { name: '修改' }).click()
  const edit = page.getByRole('dialog', { name: '修改通知渠道' })
  await expect(edit.getByLabel('加签密钥')).toHaveValue('******')
  await edit.getByLabel('加签密钥').fill(robots.secrets.dingtalk)
  await edit.getByRole('button', { name: '保存' }).click()
  await expect(edit).toBeHidden()
  await channel.getByRole('button', { name: '发测试' }).click()
  await expect(page.getByText('已发出测试')).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: '没有发出' })).toContainText('店长群')
  await snap('settings-alerts')
  await channel.getByRole('button', { name: '删除' }).click()
  await page.getByRole('button', { name: '删除这个渠道' }).click()
  await expect(page.getByRole('heading', { name: '还没有通知渠道' })).toBeVisible()
})

test('who may only look has the list, but neither channels nor a way to put off', async ({ page }) => {
  await openPage(page, stack(), '/settings', viewer)
  await expect(page.getByRole('tab', { name: '通知' })).toHaveCount(0)
  await page.getByRole('button', { name: /待办/ }).click()
  const drawer = page.getByRole('dialog', { name: '待办' })
  await expect(drawer.getByRole('listitem')).toHaveCount(1)
  await expect(drawer.getByRole('button', { name: '稍后' })).toHaveCount(0)
})
