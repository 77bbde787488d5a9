import type { DomainError } from '../../errors.ts'
import { Unavailable } from '../../errors.ts'

interface Call<I, O> {
  item: I
  resolve: (result: O) => void
  reject: (reason: unknown) => void
}

/** So many calls share a transaction at most: some tens of milliseconds of work. */
const MAX_GROUP = 1000

/** Settles each call of a group with its result or its error; returns the outage that failed them all. */
async function settle<I, O>(run: (items: I[]) => Promise<O[]>, group: Call<I, O>[]): Promise<DomainError | undefined> {
  try {
    const results = await run(group.map(({ item }) => item))
    group.forEach(({ resolve }, index) => resolve(results[index]!))
  } catch (error) {
    if (error instanceof Unavailable || group.length === 1) {
      for (const { reject } of group) reject(error)
      return error instanceof Unavailable ? error : undefined
    }
    // One of them made all fail.
    for (const call of group) await settle(run, [call])
  }
  return undefined
}

/**
 * One group of calls at a time is on its way to the database; those that come meanwhile are the next. A group is sorted
 * by key, so that two that lock the same rows do so in the same sequence; calls of the same key keep theirs.
 */
export function makeFlights<I, O>(
  run: (items: I[]) => Promise<O[]>,
  keyOf: (item: I) => string,
): (item: I) => Promise<O> {
  let waiting: Call<I, O>[] = []
  let isFlying = false

  async function fly() {
    isFlying = true
    while (waiting.length > 0) {
      const group = waiting.slice(0, MAX_GROUP)
      waiting = waiting.slice(MAX_GROUP)
      const keys = new Map(group.map((call) => [call, keyOf(call.item)]))
      group.sort((a, b) => compare(keys.get(a)!, keys.get(b)!))
      const outage = await settle(run, group)
      if (!outage) continue
      // Calls that waited for an unavailable database fail now too, instead of waiting once more.
      for (const { reject } of waiting) reject(outage)
      waiting = []
    }
    isFlying = false
  }

  return (item) =>
    new Promise<O>((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (isFlying) return
      isFlying = true
      // What the same turn of the event loop brings goes together.
      setImmediate(() => void fly())
    })
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
