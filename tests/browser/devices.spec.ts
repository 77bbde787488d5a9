import type { Page } from '@playwright/test'
import { endSession, expect, openPage, test, useStack, viewer } from './fixtures.ts'
import { orderOf, unconfigured } from './stack.ts'

const stack = useStack(({ deliver }) =>
  deliver(orderOf('T-1', { dev_id: unconfigured }), orderOf('T-2', { dev_id: unconfigured })),
)

const list = (page: Page) => page.locator('.el-table__body, .cards')

async function chooseStore(page: Page, name: string) {
  await page.getByRole('combobox', { name: '仓库' }).fill(name)
  await page.getByRole('option', { name }).click()
}

test('a cabinet seen in orders is configured with one click and names from C8', async ({ page, snap }) => {
  await openPage(page, stack(), '/devices')
  const waiting = page.getByRole('region', { name: '1 个货柜有订单，但还没有配置' })
  await expect(waiting).toContainText('2 个订单')
  await snap('devices')
  await waiting.getByRole('button', { name: `配置货柜 ${unconfigured}` }).click()

  const form = page.getByRole('dialog', { name: '新建货柜' })
  await expect(form.getByLabel('设备id')).toHaveValue(String(unconfigured))
  await form.getByRole('button', { name: '保存' }).click()
  await expect(form.getByText('请填写名称')).toBeVisible()
  await expect(form.getByText('请选择仓库')).toBeVisible()

  await form.getByLabel('名称').fill('前海大厦茶水间')
  await form.getByRole('button', { name: /照“.+”填/ }).click()
  await chooseStore(page, '前海写字楼无人柜仓')
  await snap('device-form')
  await form.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('已保存货柜“前海大厦茶水间”')).toBeVisible()
  const question = page.getByRole('dialog', { name: '导入在等“前海大厦茶水间”的 2 个订单？' })
  await question.getByRole('button', { name: '以后再说' }).click()
  await expect(question).toBeHidden()
  await expect(list(page)).toContainText('前海写字楼无人柜仓')
  await expect(waiting).toBeHidden()

  const { root } = await stack().ask<{ root: { id: number; dev_id: number; store_id: number; member_id: number }[] }>(
    'GET',
    '/api/devices',
  )
  const made = root.find(({ dev_id }) => dev_id === unconfigured)!
  expect(made).toMatchObject({ store_id: 6, member_id: 62 })
  await stack().ask('DELETE', `/api/devices/${made.id}`)
})

test('a number that is taken marks its field, and what was typed stays', async ({ page, allowStatus }) => {
  allowStatus(409)
  await openPage(page, stack(), `/devices?configure=10081`)
  const form = page.getByRole('dialog', { name: '新建货柜' })
  await form.getByLabel('名称').fill('重复的货柜')
  await form.getByRole('button', { name: /照“.+”填/ }).click()
  await chooseStore(page, '总仓')
  await form.getByLabel('名称').press('Enter')
  await expect(
    form
      .locator('.el-form-item')
      .filter({ hasText: '设备id' })
      .getByRole('alert')
      .or(form.locator('.el-form-item__error')),
  ).toContainText('10081')
  await expect(form.getByLabel('名称')).toHaveValue('重复的货柜')
  await page.keyboard.press('Escape')
  await expect(form).toBeHidden()
})

test('the filter is found by its key, Enter searches, and nothing found offers all', async ({ page, isPhone }) => {
  await openPage(page, stack(), '/devices')
  await expect(list(page)).toContainText('科技园 A 座大堂')
  if (isPhone) await page.getByLabel('按名称查找货柜').focus()
  else await page.keyboard.press('/')
  await page.keyboard.type('南山')
  await page.keyboard.press('Enter')
  await expect(list(page)).not.toContainText('科技园 A 座大堂')
  await expect(list(page)).toContainText('南山医院门诊')
  await page.reload()
  await expect(page.getByLabel('按名称查找货柜')).toHaveValue('南山')
  await page.getByLabel('按名称查找货柜').fill('没有的')
  await page.keyboard.press('Enter')
  await expect(page.getByText('没有名称包含“没有的”的货柜')).toBeVisible()
  await page.getByRole('button', { name: '显示全部' }).click()
  await expect(list(page)).toContainText('科技园 A 座大堂')
})

test('cabinets are deleted after a question that names them', async ({ page, isPhone, snap }) => {
  const names = ['待删一号', '待删二号']
  for (const [index, name] of names.entries()) {
    await stack().ask('POST', '/api/devices', {
      name,
      dev_id: 777 + index,
      store_id: 2,
      bank_id: 21,
      member_id: 62,
      employee_id: 41,
      bill_type: 0,
    })
  }
  await openPage(page, stack(), '/devices')
  for (const name of names)
    await page
      .getByRole(isPhone ? 'listitem' : 'row')
      .filter({ hasText: name })
      .locator('.el-checkbox')
      .click()
  const bar = page.getByRole('toolbar', { name: '所选货柜' })
  await expect(bar).toContainText('已选 2 个货柜')
  await snap('devices-chosen')
  await bar.getByRole('button', { name: '取消选择' }).click()
  await expect(bar).toBeHidden()
  await expect(page.getByRole('main').getByRole('checkbox', { checked: true })).toHaveCount(0)
  for (const name of names)
    await page
      .getByRole(isPhone ? 'listitem' : 'row')
      .filter({ hasText: name })
      .locator('.el-checkbox')
      .click()
  await bar.getByRole('button', { name: '删除 2 个' }).click()
  const question = page.getByRole('dialog', { name: `删除 ${names.length} 个货柜的配置？` })
  for (const name of names) await expect(question).toContainText(name)
  await expect(question.getByRole('button', { name: '取消' })).toBeFocused()
  await question.getByRole('button', { name: `删除 ${names.length} 个` }).click()
  await expect(page.getByText(`已删除 ${names.length} 个货柜`)).toBeVisible()
  await expect(list(page)).not.toContainText('待删')
  await expect(bar).toBeHidden()
})

test('while C8 is down the numbers stand for the names, and the form says why nothing can be chosen', async ({
  page,
  allowStatus,
}) => {
  allowStatus(502)
  await stack().sandbox.control.fault({ step: 'c8.lists', kind: 'status' })
  await openPage(page, stack(), '/devices')
  await expect(page.getByText('暂时拿不到 C8 里的名称')).toBeVisible()
  await expect(list(page)).toContainText('#62')
  await page.getByRole('button', { name: '新建货柜' }).click()
  await page.getByRole('combobox', { name: '仓库' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'C8' }).last()).toContainText('C8 查询仓库失败')
  await stack().sandbox.control.clearFaults()
  // A search that was still to come may have mended it by itself.
  const option = page.getByRole('option', { name: '总仓' })
  const again = page.getByRole('button', { name: '重试' })
  await expect(option.or(again).first()).toBeVisible()
  if (await again.isVisible()) await again.click()
  await expect(option).toBeVisible()
})

test('who may only look sees no button that changes anything', async ({ page }) => {
  await openPage(page, stack(), '/devices', viewer)
  await expect(list(page)).toContainText('科技园 A 座大堂')
  for (const name of ['新建货柜', /修改/, /删除/, /配置货柜/])
    await expect(page.getByRole('button', { name })).toHaveCount(0)
})

test('a session that ends in mid-work leads to the log-in and back to the same search', async ({
  page,
  allowStatus,
}) => {
  allowStatus(401)
  await openPage(page, stack(), '/devices?name=南山')
  await expect(list(page)).toContainText('南山医院门诊')
  await endSession(page, stack())
  await page.getByRole('button', { name: '查找' }).click()
  await page.getByLabel('按名称查找货柜').fill('科技园')
  await page.keyboard.press('Enter')
  await expect(page.getByText('登录已结束，请重新登录')).toBeVisible()
  await page.getByLabel('C8 Token').fill('c8-token-A001')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(list(page)).toContainText('科技园 A 座大堂')
})
