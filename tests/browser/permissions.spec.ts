import { expect, openPage, test, useStack, viewer } from './fixtures.ts'
import { bread, orderOf, unconfigured } from './stack.ts'

const editor = { user_name: '赵敏', c8Token: 'c8-token-edit-only' }
let batch = 0
const stack = useStack(async ({ deliver, ask, sandbox }) => {
  await sandbox.control.addTokens({
    token: editor.c8Token,
    access_level: 2,
    user_name: editor.user_name,
    set_of_books: ['A001'],
  })
  await deliver(
    orderOf('T-MINE'),
    orderOf('T-BREAD', { products: [bread] }),
    orderOf('T-NEW', { dev_id: unconfigured }),
  )
  batch = (await ask<{ id: number }>('POST', '/api/imports', { filter: { status: 100 } })).id
  await expect.poll(async () => (await ask<{ pending: number }>('GET', `/api/imports/${batch}`)).pending).toBe(0)
})

test('who may not even look is told so on every screen', async ({ page, snap }) => {
  await page.goto(stack().link(editor))
  const told = page.getByRole('heading', { name: '没有权限' })
  await expect(told).toBeVisible()
  await snap('no-permission')
  for (const path of ['/orders', '/orders/1', '/imports', `/imports/${batch}`, '/devices', '/settings']) {
    await page.goto(stack().url + path)
    await expect(told, path).toBeVisible()
  }
  await page.getByRole('button', { name: '换一个账套登录' }).click()
  await expect(page).toHaveURL(/login/)
})

const CHANGING = /^导入$|重试|取消还没|配置货柜|^配置$|下载|重置|删除|新建|修改|更换|核对|保存|重放/

test('who may only look sees every screen and no button that changes anything', async ({ page }) => {
  await openPage(page, stack(), '/', viewer)
  const screens: [path: string, shown: string][] = [
    ['/', '今天'],
    ['/orders', 'T-MINE'],
    ['/imports', '有失败'],
    [`/imports/${batch}`, 'T-BREAD'],
    ['/devices', '科技园 A 座大堂'],
    ['/settings', '交给 goBox'],
    ['/settings?tab=automation', '自动下载订单'],
    ['/settings?tab=messages', '没有看不懂的消息'],
  ]
  for (const [path, shown] of screens) {
    await page.goto(stack().url + path)
    await expect(page.getByText(shown).first(), path).toBeVisible()
    await expect(page.getByRole('main').getByRole('button', { name: CHANGING }), path).toHaveCount(0)
    await expect(page.getByRole('main').getByRole('checkbox'), path).toHaveCount(0)
  }
})
