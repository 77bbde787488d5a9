import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { FailureLimit } from '#server/limits/failure-limit'
import { LogInGuard } from '#server/auth/log-in-guard'
import { ClientLeft, Forbidden, TooMany, UpstreamBroken } from '#server/errors'

const stays = new AbortController().signal
const outcomes = async (all: Promise<unknown>[]) =>
  (await Promise.allSettled(all)).map((one) => (one.status === 'fulfilled' ? 'good' : (one.reason as Error).name))
const count = (names: string[]) =>
  Object.fromEntries(names.map((name) => [name, names.filter((n) => n === name).length]))

/** A C8 that takes its time; how many log-ins reached it, and how many at most at once. */
function makeC8() {
  const c8 = { reached: 0, atOnce: 0, most: 0 }
  const answer = (error?: Error) => async () => {
    c8.reached++
    c8.most = Math.max(c8.most, ++c8.atOnce)
    await sleep(5)
    c8.atOnce--
    if (error) throw error
  }
  return { c8, answer }
}

it('lets any number of good log-ins pass, also at once', async () => {
  const guard = new LogInGuard(new FailureLimit(20))
  const { answer } = makeC8()
  const names = await outcomes(Array.from({ length: 100 }, () => guard.run('a', stays, answer())))
  expect(count(names)).toEqual({ good: 100 })
})

it('tries no more than may fail, also of many at once', async () => {
  const guard = new LogInGuard(new FailureLimit(20))
  const { c8, answer } = makeC8()
  await outcomes(
    Array.from({ length: 15 }, () => guard.run('a', stays, answer(new Forbidden('no', { code: 'c8_denies_log_in' })))),
  )
  const names = await outcomes(
    Array.from({ length: 50 }, () => guard.run('a', stays, answer(new Forbidden('no', { code: 'c8_denies_log_in' })))),
  )
  expect(count(names)).toEqual({ Forbidden: 5, TooMany: 45 })
  expect(c8.reached).toBe(20)
  await expect(guard.run('a', stays, answer())).rejects.toThrow(TooMany)
  await expect(guard.run('b', stays, answer())).resolves.toBeUndefined()
})

it('does not count what C8 breaks', async () => {
  const guard = new LogInGuard(new FailureLimit(3))
  const { answer } = makeC8()
  const broken = new UpstreamBroken('down', true, { code: 'upstream_faulty' })
  await outcomes(Array.from({ length: 9 }, () => guard.run('a', stays, answer(broken))))
  await expect(guard.run('a', stays, answer())).resolves.toBeUndefined()
})

it('does not begin a log-in that waited when its client has left', async () => {
  const guard = new LogInGuard(new FailureLimit(1))
  const { c8, answer } = makeC8()
  const client = new AbortController()
  const first = guard.run('a', stays, answer())
  const second = guard.run('a', client.signal, answer())
  client.abort()
  await first
  await expect(second).rejects.toThrow(ClientLeft)
  expect(c8.reached).toBe(1)
})
