import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FailureLimit } from '#server/limits/failure-limit'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const fail = async (limit: FailureLimit, address: string, times: number) => {
  for (let count = 0; count < times; count++) await limit.add(address)
}

it('lets an address fail so often in a minute, and then says how long to wait', async () => {
  const limit = new FailureLimit(3)
  await fail(limit, 'a', 2)
  expect(await limit.look('a')).toEqual({ left: 1, retryAfter: 0 })
  vi.advanceTimersByTime(10_000)
  await fail(limit, 'a', 1)
  expect(await limit.look('a')).toEqual({ left: 0, retryAfter: 50 })
  expect(await limit.look('b')).toEqual({ left: 3, retryAfter: 0 })
})

it('forgets failures a minute after the first of them', async () => {
  const limit = new FailureLimit(3)
  await fail(limit, 'a', 3)
  vi.advanceTimersByTime(60_001)
  expect(await limit.look('a')).toEqual({ left: 3, retryAfter: 0 })
  await fail(limit, 'a', 3)
  expect(await limit.look('a')).toEqual({ left: 0, retryAfter: 60 })
})

it('is not fooled by a clock that is set back', async () => {
  const limit = new FailureLimit(1)
  await fail(limit, 'a', 1)
  vi.setSystemTime(0)
  expect(await limit.look('a')).toEqual({ left: 0, retryAfter: 60 })
  vi.advanceTimersByTime(60_001)
  expect(await limit.look('a')).toEqual({ left: 1, retryAfter: 0 })
})

it('remembers no more addresses than it has room for, the newest', async () => {
  const limit = new FailureLimit(1)
  await fail(limit, 'first', 1)
  for (let count = 0; count < 10_000; count++) await fail(limit, `other ${count}`, 1)
  expect((await limit.look('first')).left).toBe(1)
  expect((await limit.look('other 9999')).left).toBe(0)
})
