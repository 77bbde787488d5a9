import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { hasSettled, markUnanswered } from '#server/services/settle'

vi.hoisted(() => Object.assign(process.env, { NUXT_C8_SETTLE: '100' }))

it('an unanswered create has settled when the whole time has gone by, not before', async () => {
  markUnanswered(1)
  expect(hasSettled(1)).toBe(false)
  await sleep(60)
  markUnanswered(1)
  await sleep(60)
  expect(hasSettled(1)).toBe(false)
  await sleep(60)
  expect(hasSettled(1)).toBe(true)
})

it('what an earlier process left is waited for from the start of this one', () => {
  // The test process is older than the 100 ms by now.
  expect(performance.now()).toBeGreaterThan(100)
  expect(hasSettled(2)).toBe(true)
})

it('is not moved by somebody who sets the clock', () => {
  markUnanswered(3)
  vi.setSystemTime(Date.now() + 24 * 3_600_000)
  expect(hasSettled(3)).toBe(false)
  vi.useRealTimers()
})
