import { expect, it } from 'vitest'
import { backoff } from '#server/services/backoff'

it.each([
  [0, 5],
  [1, 30],
  [2, 120],
  [3, 600],
  [4, 3600],
])('after %i failed attempts it waits about %i seconds, spread by a fifth', (attempts, seconds) => {
  const waits = Array.from({ length: 200 }, () => backoff(attempts)! / 1000)
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(seconds * 0.8)
  expect(Math.max(...waits)).toBeLessThanOrEqual(seconds * 1.2)
  expect(new Set(waits).size).toBeGreaterThan(50)
})

it('gives up after the last step', () => {
  expect([backoff(5), backoff(6), backoff(100)]).toEqual([null, null, null])
})
