import { expect, it } from 'vitest'
import { ClientLeft } from '#server/errors'
import { nextTurn, Pace } from '#server/turns'

const spin = (ms: number) => {
  for (const begin = performance.now(); performance.now() - begin < ms;);
}

it('gives the event loop back after some milliseconds, however many want to work', async () => {
  let turns = 0
  let isOver = false
  const count = () => {
    turns++
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  const work = async () => {
    for (let slice = 0; slice < 5; slice++) {
      await nextTurn()
      spin(2)
    }
  }
  await Promise.all(Array.from({ length: 40 }, work))
  isOver = true
  // 400 ms of work, 4 ms and a slice more in a turn.
  expect(turns).toBeGreaterThan(60)
})

it('lets everybody work in turn', async () => {
  const order: string[] = []
  const work = async (name: string) => {
    for (let slice = 0; slice < 3; slice++) {
      await nextTurn()
      order.push(name)
    }
  }
  await Promise.all(['a', 'b', 'c'].map(work))
  expect(order.join('')).toBe('abcabcabc')
})

it('ends work for a client that has left', async () => {
  const client = new AbortController()
  const turn = nextTurn(client.signal)
  client.abort()
  await expect(turn).rejects.toThrow(ClientLeft)
})

it('makes slices that take some milliseconds, whatever a row takes', () => {
  const pace = new Pace(8, 100)
  for (let slice = 0; slice < 10; slice++) {
    pace.begin()
    pace.end()
  }
  expect(pace.size).toBe(100)
  for (let slice = 0; slice < 10; slice++) {
    pace.begin()
    spin(pace.size)
    pace.end()
  }
  expect(pace.size).toBeGreaterThanOrEqual(1)
  expect(pace.size).toBeLessThanOrEqual(4)
})
