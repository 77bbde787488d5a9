import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { hasSettled, markUnanswered } from '#server/services/settle'

vi.hoisted(() => Object.assign(process.env, { NUXT_C8_SETTLE: '100' }))

it('an unanswered create has settled when the whole time has gone by, not before', async () => {
  markUnanswered(1, 7)
  expect(hasSettled(1, 7)).toBe(false)
  await sleep(60)
  markUnanswered(1, 7)
  await sleep(60)
  expect(hasSettled(1, 7)).toBe(false)
  await sleep(60)
  expect(hasSettled(1, 7)).toBe(true)
})

it('what an earlier process or another node left is waited for from when it is first seen', async () => {
  expect(hasSettled(2, 7)).toBe(false)
  await sleep(120)
  expect(hasSettled(2, 7)).toBe(true)
})

it('what was seen of an earlier create does not settle a newer one', async () => {
  markUnanswered(4, 7)
  await sleep(120)
  expect(hasSettled(4, 8)).toBe(false)
  await sleep(120)
  expect(hasSettled(4, 8)).toBe(true)
})

it('is not moved by somebody who sets the clock', () => {
  markUnanswered(3, 7)
  vi.setSystemTime(Date.now() + 24 * 3_600_000)
  expect(hasSettled(3, 7)).toBe(false)
  vi.useRealTimers()
})
