import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FailureLimit } from '#server/utils/rate-limit'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout'] }))
afterEach(() => void vi.useRealTimers())

const fail = (limit: FailureLimit, address: string, times: number) => {
  for (let count = 0; count < times; count++) limit.add(address)
}

it('lets an address fail so often in a minute, and then says how long to wait', () => {
  const limit = new FailureLimit(3)
  fail(limit, 'a', 2)
  expect(limit.retryAfter('a')).toBe(0)
  vi.advanceTimersByTime(10_000)
  fail(limit, 'a', 1)
  expect(limit.retryAfter('a')).toBe(50)
  expect(limit.retryAfter('b')).toBe(0)
})

it('forgets each failure after a minute', () => {
  const limit = new FailureLimit(3)
  fail(limit, 'a', 1)
  vi.advanceTimersByTime(30_000)
  fail(limit, 'a', 2)
  vi.advanceTimersByTime(30_001)
  expect(limit.retryAfter('a')).toBe(0)
  fail(limit, 'a', 1)
  expect(limit.retryAfter('a')).toBe(30)
})

it('is not fooled by a clock that is set back', () => {
  const limit = new FailureLimit(1)
  fail(limit, 'a', 1)
  vi.setSystemTime(0)
  vi.advanceTimersByTime(60_001)
  expect(limit.retryAfter('a')).toBe(0)
})
