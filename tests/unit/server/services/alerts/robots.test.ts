import { beforeEach, describe, expect, it } from 'vitest'
import { alertDeliveries } from '#drizzle/schema/alerts'
import { setOfBooks } from '#drizzle/schema/account-sets'
import { rejectedMessages } from '#drizzle/schema/messages'
import { listDeliveries, queueDelivery } from '#server/repositories/alert-deliveries'
import { pauseImports, resumeImports } from '#server/repositories/set-of-books'
import { sendToDingtalk } from '#server/connectors/alert-robots'
import { receiveMessage } from '#server/services/receive-order'
import { at, HOUR, MINUTE, useAlertWorld } from './setup.ts'

const world = useAlertWorld(at('2026-11-10 10:03'))
const paused = { message: 'C8 登录已失效', code: 'imports_await_log_in' } as const

const pauseQueue = () => pauseImports(world.setOfBookId, paused)
const resume = () => world.storage.write((tx) => resumeImports(tx, world.setOfBookId))
const deliveries = async () => (await listDeliveries(world.setOfBookId, { start: 0, limit: 1000 }, world.now)).rows
const texts = () => world.robots.messages.map(({ text }) => text)

const line = { barcode: '6900000000017', name: '水', num: 1, amount: 2.5 }
const tokenHash = async () => (await world.storage.db.select().from(setOfBooks))[0]!.tokenHash

beforeEach(async () => {
  await resume()
  await world.storage.write((tx) => tx.delete(rejectedMessages))
  await world.tick(world.now + HOUR)
})

describe('a robot that fails', () => {
  it.each(['hang', 'redirect', 'broken', 'garbage', 'deleted'] as const)(
    'and is %s is asked again later and later, in order, until it is well',
    async (fault) => {
      const { robots } = world
      await world.addChannel({ type: 'wecom' })
      robots.faults.wecom = fault
      await pauseQueue()
      await world.pass(3)
      const begin = robots.calls.wecom
      await resume()
      await world.pass(8)
      // After 10 s and a minute, which both fall into the next two ticks, and then 5 minutes.
      expect(robots.calls.wecom - begin).toBe(3)
      robots.faults = {}
      await world.tick(world.now + 31 * MINUTE)
      expect(texts()).toEqual([expect.stringContaining('紧急：导入已暂停'), expect.stringContaining('已恢复')])
      expect(JSON.stringify(await deliveries())).not.toContain('wecom-key-0001')
    },
  )

  it('for a day is given up, and the end of what it was never told is not told', async () => {
    const { robots } = world
    await world.addChannel({ type: 'wecom' })
    robots.faults.wecom = 'broken'
    await pauseQueue()
    await world.pass(4)
    for (let hour = 0; hour < 30; hour++) await world.tick(world.now + HOUR)
    expect(await deliveries()).toMatchObject([{ sentAt: null, givenUpAt: expect.any(Number), error: /503/ }])
    robots.faults = {}
    await resume()
    await world.pass(10)
    expect(texts()).toEqual([])
  })

  it('delays no other channel', async () => {
    await world.addChannel({ type: 'wecom' })
    await world.addChannel({ type: 'dingtalk' })
    world.robots.faults.wecom = 'hang'
    await pauseQueue()
    await world.pass(3)
    expect(world.robots.messages.map(({ robot }) => robot)).toEqual(['dingtalk'])
  })
})

it('never asks more of a robot than it takes in a minute, and loses nothing', async () => {
  const { robots, setOfBookId } = world
  const { id } = await world.addChannel({ type: 'wecom' })
  const before = robots.calls.wecom
  const message = { setOfBookId, channelId: id, type: 'attention.resolved', severity: 'warning' } as const
  for (let index = 0; index < 45; index++) await queueDelivery({ ...message, message: { items: [] } }, world.now)
  await world.pass(1)
  expect(texts()).toHaveLength(19)
  await world.pass(4)
  expect(texts()).toHaveLength(45)
  expect(robots.calls.wecom - before).toBe(45)
})

it('a robot whose rate others have used up is left alone until it listens again, and loses nothing', async () => {
  const { robots } = world
  await world.addChannel({ type: 'dingtalk' })
  await world.addChannel({ type: 'webhook' })
  await pauseQueue()
  await world.pass(2)
  const { addresses, secrets } = robots
  world.now += MINUTE
  for (let index = 0; index < 20; index++)
    await sendToDingtalk(addresses.dingtalk, secrets.dingtalk, { title: '别人', text: '别人' }, world.now)
  const before = robots.calls.dingtalk
  await world.tick(world.now)
  expect(robots.messages.at(-1)).toMatchObject({ robot: 'webhook', at: world.now })
  expect(await deliveries()).toMatchObject([{ sentAt: world.now }, { sentAt: null, error: /send too fast（130101）/ }])
  await world.pass(9)
  expect(robots.calls.dingtalk - before).toBe(1)
  await world.pass(4)
  expect(robots.calls.dingtalk - before).toBe(2)
  expect(texts().filter((text) => text.includes('导入已暂停'))).toHaveLength(1)
})

it('robots that hang delay no message of goBox', async () => {
  const { robots, setOfBookId } = world
  const types = ['wecom', 'dingtalk', 'webhook'] as const
  for (const type of types) await world.addChannel({ type })
  robots.faults = Object.fromEntries(types.map((type) => [type, 'hang']))
  await pauseQueue()
  await world.pass(2)
  const before = { ...robots.calls }
  let isSending = true
  const sending = world.pass(1).finally(() => (isSending = false))
  for (const type of types) await expect.poll(() => robots.calls[type]).toBe(before[type] + 1)
  const order = { trans_id: 'meanwhile', status: 100, e_id: 'E', dev_id: 1, products: [line] }
  const times = { create_time: '2026-11-10 10:00:00', update_time: '2026-11-10 10:00:00' }
  const body = Buffer.from(JSON.stringify({ ...order, ...times }))
  expect(await receiveMessage(setOfBookId, { tokenHash: await tokenHash(), body })).toBe('created')
  expect(isSending).toBe(true)
  await sending
})

it('what a robot is told has no markup and no mention of others, and holds its keyword', async () => {
  const { robots, setOfBookId } = world
  robots.keyword = '售货'
  for (const type of ['dingtalk', 'feishu'] as const) await world.addChannel({ type, keyword: '售货' })
  await pauseImports(setOfBookId, {
    ...paused,
    message: '<at user_id="all">x</at> [点我](http://evil) **粗** @13800000000',
  })
  await world.pass(4)
  expect(texts()).toHaveLength(2)
  for (const text of texts()) {
    expect(text.replaceAll('**', '')).not.toMatch(/<at|\]\(|@1/)
    expect(text.match(/售货/g)).toHaveLength(1)
  }
  robots.keyword = undefined
  expect((await world.storage.db.select().from(alertDeliveries)).every(({ sentAt }) => sentAt !== null)).toBe(true)
})

it('a keyword that stands in the message anyway is not added once more', async () => {
  await world.addChannel({ type: 'dingtalk', keyword: 'goBox' })
  await world.addChannel({ type: 'feishu', keyword: '已暂停' })
  await pauseQueue()
  await world.pass(4)
  expect(texts()).toHaveLength(2)
  for (const text of texts()) expect(text).not.toMatch(/\n(?:goBox|已暂停)$/)
})
