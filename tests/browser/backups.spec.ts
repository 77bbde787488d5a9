import { expect, graveViolations, openPage, test, useStack, viewer } from './fixtures.ts'

/** As a restore leaves it for the first account set, at noon of 24 November. */
const restored = { at: 1795492800000, file: 'gobox-2026-11-23T19-00-00.db', sets: [1] }

const stack = useStack(undefined, {}, { 'restored.json': JSON.stringify(restored) })

const callWebhook = (token: string) =>
  fetch(`${stack().url}/api/create_order`, { method: 'POST', headers: { token }, body: '{}' })

test('after a restore it is said which token holds, and how many messages came with another, until somebody has looked', async ({
  page,
  snap,
}) => {
  const { token } = await stack().ask<{ token: string }>('GET', '/api/set_of_books')
  await openPage(page, stack(), '/')
  const banner = page.getByRole('status').filter({ hasText: '2026-11-24 12:00:00 从备份恢复' })
  await expect(banner).toBeVisible()
  expect((await callWebhook('the token that goBox was given after the backup')).status).toBe(401)
  await page.reload()
  await page.getByRole('status').filter({ hasText: '用旧令牌发来 1 条消息' }).getByRole('link').click()
  const notice = page.getByRole('alert').filter({ hasText: restored.file })
  await expect(notice).toContainText(`${token.slice(0, 6)}…${token.slice(-4)}`)
  await expect(notice).toContainText('已有 1 条消息')
  expect(await graveViolations(page)).toEqual([])
  await snap('settings-restored')
  await notice.getByRole('button', { name: '知道了' }).click()
  await expect(notice).toBeHidden()
  await expect(page.getByText('用旧令牌发来')).toHaveCount(0)
})

test('a backup is made at the press of a button, and its page says how it went', async ({ page, snap }) => {
  await openPage(page, stack(), '/settings?tab=backups')
  await expect(page.getByText('还没有备份')).toBeVisible()
  await page.getByRole('button', { name: '立即备份' }).click()
  await expect(page.getByText('备份完成')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('已校验')).toBeVisible()
  await expect(async () => {
    await page.reload()
    await expect(page.getByText('0 个订单、7 个货柜、1 个账套')).toBeVisible({ timeout: 1000 })
  }).toPass({ timeout: 30_000 })
  expect(await graveViolations(page)).toEqual([])
  await snap('settings-backups')
})

test('who may only look does not see the backups', async ({ page }) => {
  await openPage(page, stack(), '/settings', viewer)
  await expect(page.getByRole('tab', { name: '权限' })).toBeVisible()
  await expect(page.getByRole('tab', { name: '备份' })).toHaveCount(0)
})
