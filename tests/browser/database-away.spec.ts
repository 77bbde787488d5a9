import { randomBytes } from 'node:crypto'
import { PostgresServer } from '../../sandbox/postgres.ts'
import { expect, openOrders, rowOf, test } from './fixtures.ts'
import { orderOf, startStack } from './stack.ts'

test('while PostgreSQL is away the pages say so and keep what they show, and all goes on when it is back', async ({
  page,
  isPhone,
  allowStatus,
  snap,
}) => {
  test.skip(isPhone, 'a server of its own takes seconds, and the phone shows the same')
  allowStatus(503)
  const server = await PostgresServer.start()
  const settings = { NUXT_DATABASE_URL: server.url(), NUXT_SECRET_KEY: randomBytes(32).toString('base64') }
  const stack = await startStack(settings)
  try {
    await stack.deliver(orderOf('T-1'))
    await openOrders(page, stack)
    await expect(rowOf(page, 'T-1')).toBeVisible()
    const menu = page.getByRole('navigation', { name: '主菜单' })

    await server.end('SIGKILL')
    await page.getByRole('button', { name: '刷新' }).click()
    await expect(page.getByRole('alert').filter({ hasText: '数据库现在不可用' })).toBeVisible()
    await expect(rowOf(page, 'T-1')).toBeVisible()
    await expect(stack.deliver(orderOf('T-2'))).rejects.toThrow('503')
    await menu.getByRole('link', { name: '货柜' }).click()
    const failure = page.getByRole('main').getByRole('alert').filter({ hasText: '数据库现在不可用' })
    await expect(failure).toBeVisible()
    await snap('database-away')

    await server.startAgain()
    await expect(() => stack.deliver(orderOf('T-2'))).toPass({ timeout: 10_000 })
    await failure.getByRole('button', { name: '重试' }).click()
    await expect(page.getByText('10081')).toBeVisible()
    await menu.getByRole('link', { name: '订单' }).click()
    await expect(rowOf(page, 'T-2')).toBeVisible()
    await expect(page.getByText('数据库现在不可用')).toHaveCount(0)
  } finally {
    await stack.stop()
    await server.stop()
  }
})
