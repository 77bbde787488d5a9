import { beforeEach, expect, it } from 'vitest'
import { automations } from '#drizzle/schema/account-sets'
import { rejectedMessages } from '#drizzle/schema/messages'
import { deleteChannel } from '#server/repositories/alert-channels'
import { listDeliveries } from '#server/repositories/alert-deliveries'
import { pauseImports, resumeImports } from '#server/repositories/set-of-books'
import { countAttention } from '#server/repositories/measures'
import { noteDownload } from '#server/repositories/automations'
import { readAttention } from '#server/services/attention/list'
import { changeChannel } from '#server/services/alerts/channels'
import { snoozeItem } from '#server/repositories/attention'
import { addOrders } from '../../with-storage.ts'
import { at, HOUR, MINUTE, useAlertWorld } from './setup.ts'

const world = useAlertWorld(at('2026-11-10 10:03'))
const paused = { message: 'C8 登录已失效', code: 'imports_await_log_in' } as const
const by = { setOfBookId: null, user: 'tester', address: '' }

const pauseQueue = () => pauseImports(world.setOfBookId, paused)
const resume = () => world.storage.write((tx) => resumeImports(tx, world.setOfBookId))
const deliveries = async () => (await listDeliveries(world.setOfBookId, { start: 0, limit: 1000 }, world.now)).rows
const texts = () => world.robots.messages.map(({ text }) => text)

async function reject(count = 1) {
  const message = { receivedAt: world.now, source: 'webhook' as const, truncated: false, reason: '必填' }
  for (let index = 0; index < count; index++)
    await world.storage.write((tx) =>
      tx.insert(rejectedMessages).values({ ...message, setOfBookId: world.setOfBookId, body: `${index}` }),
    )
}

beforeEach(async () => {
  await resume()
  await world.storage.write((tx) => tx.delete(rejectedMessages))
  await world.tick(world.now + HOUR)
})

it('waits two minutes, and says nothing of what is over before', async () => {
  await world.addChannel({ type: 'wecom' })
  await pauseQueue()
  await world.pass(2)
  await resume()
  await world.pass(5)
  expect(texts()).toEqual([])
  await pauseQueue()
  await world.pass(2)
  expect(texts()).toEqual([])
  await world.pass(1)
  expect(texts()).toEqual([expect.stringContaining('紧急：导入已暂停')])
})

it('what is back within two minutes is the same, and has not ended', async () => {
  await world.addChannel({ type: 'wecom' })
  await pauseQueue()
  await world.pass(4)
  await resume()
  await world.pass(1)
  await pauseQueue()
  await world.pass(10)
  expect(texts()).toHaveLength(1)
})

it('items that appear together go in one message, and a new channel is told what lasts', async () => {
  await world.addChannel({ type: 'wecom' })
  await pauseQueue()
  await reject()
  await world.pass(4)
  expect(texts()).toHaveLength(1)
  expect(texts()[0]).toContain('导入已暂停')
  expect(texts()[0]).toContain('看不懂的消息')
  await world.addChannel({ type: 'dingtalk' })
  await world.pass(1)
  expect(world.robots.messages.at(-1)).toMatchObject({ robot: 'dingtalk', text: texts()[0] })
  await world.pass(5)
  expect(texts()).toHaveLength(2)
})

it('is told once more when it grows graver', async () => {
  const { storage, setOfBookId } = world
  await storage.write((tx) =>
    tx.insert(automations).values({
      setOfBookId,
      downloads: true,
      downloadMinutes: 15,
      imports: false,
      importDelayMinutes: 10,
      importSince: 0,
      enabledUser: 'x',
      downloadCursor: 0,
    }),
  )
  await world.addChannel({ type: 'wecom' })
  await world.addChannel({ type: 'dingtalk', minSeverity: 'critical' })
  await noteDownload(setOfBookId, { error: { message: 'goBox 超时', code: 'upstream_timeout' } })
  await world.pass(4)
  for (let hour = 0; hour < 8; hour++) await world.tick(world.now + HOUR)
  expect(world.robots.messages.map(({ robot, text }) => [robot, /(提醒|紧急)：自动下载失败/.exec(text)?.[1]])).toEqual([
    ['wecom', '提醒'],
    ['wecom', '紧急'],
    ['dingtalk', '紧急'],
  ])
  await noteDownload(setOfBookId, { error: null })
  await world.pass(4)
  expect(texts().filter((text) => text.includes('已恢复'))).toHaveLength(2)
  await storage.write((tx) => tx.delete(automations))
})

it('a snoozed item is not told until then', async () => {
  const { setOfBookId } = world
  await world.addChannel({ type: 'wecom' })
  await reject()
  await world.pass(1)
  const [kept] = await readAttention(setOfBookId, world.now)
  await snoozeItem(kept!.item, world.now + HOUR, { ...by, setOfBookId }, null)
  await world.pass(10)
  expect(texts()).toEqual([])
  expect(await countAttention(world.now)).toEqual([])
  await world.tick(world.now + HOUR)
  expect(texts()).toHaveLength(1)
  expect(await countAttention(world.now)).toEqual([{ kind: 'message_rejected', severity: 'warning', items: 1 }])
})

it('a channel that is switched on again is told of what lasts, once', async () => {
  const { robots, setOfBookId } = world
  const { id } = await world.addChannel({ type: 'wecom' })
  robots.faults.wecom = 'broken'
  await pauseQueue()
  await world.pass(3)
  await changeChannel(setOfBookId, id, { enabled: false }, by)
  await world.pass(1)
  expect(await deliveries()).toMatchObject([{ sentAt: null, givenUpAt: world.now }])
  robots.faults = {}
  await world.pass(5)
  expect(texts()).toEqual([])
  await changeChannel(setOfBookId, id, { enabled: true }, by)
  await world.pass(5)
  expect(texts()).toEqual([expect.stringContaining('紧急：导入已暂停')])
})

it('a channel that is deleted while something waits gets nothing more', async () => {
  const { robots, setOfBookId } = world
  const { id } = await world.addChannel({ type: 'wecom' })
  robots.faults.wecom = 'broken'
  await pauseQueue()
  await world.pass(3)
  expect(await deleteChannel(setOfBookId, id, by, world.now)).toBe(true)
  robots.faults = {}
  await world.pass(30)
  expect(texts()).toEqual([])
  expect(await deliveries()).toMatchObject([{ channelId: id, givenUpAt: expect.any(Number) }])
})

it('a channel that is deleted while a message is under way gets no other attempt', async () => {
  const { robots, setOfBookId } = world
  const { id } = await world.addChannel({ type: 'wecom' })
  robots.faults.wecom = 'hang'
  await pauseQueue()
  await world.pass(2)
  const before = robots.calls.wecom
  const sending = world.pass(1)
  await expect.poll(() => robots.calls.wecom).toBe(before + 1)
  expect(await deleteChannel(setOfBookId, id, by, world.now)).toBe(true)
  await sending
  robots.faults = {}
  await world.pass(30)
  expect(robots.calls.wecom).toBe(before + 1)
  expect(await deliveries()).toMatchObject([{ channelId: id, sentAt: null, error: '通知渠道已删除' }])
})

it('a clock that is set back neither repeats nor forgets anything', async () => {
  await world.tick(at('2026-11-14 12:03'))
  await world.addChannel({ type: 'wecom', digestAt: '08:07', digestSince: 0 })
  await pauseQueue()
  await world.pass(4)
  const before = texts().length
  expect(before).toBe(2)
  await world.tick(world.now - 3 * HOUR)
  await world.pass(10)
  expect(texts()).toHaveLength(before)
  await resume()
  await world.pass(4)
  expect(texts()).toHaveLength(before + 1)
})

it('ten thousand items at once fit into one message of each channel', async () => {
  const { setOfBookId } = world
  for (const type of ['wecom', 'dingtalk', 'feishu', 'webhook', 'email'] as const) await world.addChannel({ type })
  const orders = Array.from({ length: 10_000 }, (_, devId) => ({
    setOfBookId,
    devId: devId + 1000,
    createTime: world.now,
  }))
  await addOrders(world.storage, orders)
  for (let minute = 0; minute < 3; minute++) await world.tick(world.now + 2 * MINUTE)
  expect(world.robots.messages.map(({ robot }) => robot).sort()).toEqual(['dingtalk', 'feishu', 'webhook', 'wecom'])
  expect(world.mail.mails).toHaveLength(1)
  for (const { robot, text, body } of world.robots.messages)
    if (robot !== 'webhook') expect(text).toMatch(/另有 9,\d{3} 项/)
    else expect((body.data as { items: unknown[] }).items).toHaveLength(200)
}, 60_000)
