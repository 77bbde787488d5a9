import { afterEach, expect, it } from 'vitest'
import { watch, type Topic } from '#server/services/watch'
import { useTestStorage } from '../with-storage.ts'
import { createSession, deleteSession, touchSession } from '#server/repositories/sessions'

useTestStorage()

const unwatch: (() => void)[] = []
afterEach(() => {
  for (const stop of unwatch.splice(0)) stop()
})

async function logIn() {
  const user = { setOfBook: 'A001', userName: 'x', accessLevel: 1, c8Origin: 'https://c8.example', c8Token: 'c8' }
  const { token } = await createSession(user, '127.0.0.1', Date.now())
  return (await touchSession(token, Date.now()))!
}

/** Something that goes on until `isOver`, and how often it was read. */
function makeTopic(name: string) {
  const counter = { reads: 0, value: 0, isOver: false }
  const topic: Topic = {
    name,
    read: async () => {
      counter.reads++
      return { data: { value: counter.value }, goesOn: !counter.isOver }
    },
  }
  return { counter, topic }
}

/** What a watcher has heard. */
function listen(topic: Topic, sessionId: number) {
  const heard = { texts: [] as string[], ended: false }
  unwatch.push(
    watch(topic, sessionId, {
      next: (text) => {
        if (text !== heard.texts.at(-1)) heard.texts.push(text)
      },
      end: () => (heard.ended = true),
    }),
  )
  return heard
}

it('reads once for all that watch the same', async () => {
  const { id } = await logIn()
  const { counter, topic } = makeTopic('one')
  const all = Array.from({ length: 480 }, () => listen(topic, id))
  await expect.poll(() => all.every(({ texts }) => texts.length === 1)).toBe(true)
  const before = counter.reads
  counter.value = 1
  await expect.poll(() => all.every(({ texts }) => texts.at(-1) === '{"value":1}')).toBe(true)
  expect(counter.reads - before).toBeLessThanOrEqual(3)
})

it('tells a late one at once what the others know', async () => {
  const { id } = await logIn()
  const { counter, topic } = makeTopic('late')
  const first = listen(topic, id)
  await expect.poll(() => first.texts.length).toBe(1)
  const before = counter.reads
  expect(listen(topic, id).texts).toEqual(['{"value":0}'])
  expect(counter.reads).toBe(before)
})

it('ends with what is watched', async () => {
  const { id } = await logIn()
  const { counter, topic } = makeTopic('over')
  const heard = listen(topic, id)
  await expect.poll(() => heard.texts.length).toBe(1)
  expect(heard.ended).toBe(false)
  counter.value = 7
  counter.isOver = true
  await expect.poll(() => heard.ended).toBe(true)
  expect(heard.texts.at(-1)).toBe('{"value":7}')
})

it('ends with its session, and no other one', async () => {
  const [mine, other] = [await logIn(), await logIn()]
  const { topic } = makeTopic('sessions')
  const [ending, going] = [listen(topic, mine.id), listen(topic, other.id)]
  await deleteSession(mine.id, { setOfBookId: mine.setOfBookId, user: 'x', address: '' }, 'logged_out')
  await expect.poll(() => ending.ended).toBe(true)
  expect(going.ended).toBe(false)
})

it('reads no more when nobody watches', async () => {
  const { id } = await logIn()
  const { counter, topic } = makeTopic('nobody')
  const heard = listen(topic, id)
  await expect.poll(() => heard.texts.length).toBe(1)
  for (const stop of unwatch.splice(0)) stop()
  await new Promise((resolve) => setTimeout(resolve, 700))
  const before = counter.reads
  await new Promise((resolve) => setTimeout(resolve, 1200))
  expect(counter.reads).toBe(before)
})
