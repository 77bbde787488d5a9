import { ClientLeft } from './errors.ts'

/*
 * Turns of the event loop. Whatever staff ask for that takes long is done in slices, each of which waits for its turn
 * here: in one turn of the event loop there is room for some milliseconds of them, however many wait. In between
 * goBox's messages are read, stored and answered.
 */

/** Milliseconds for slices in one turn of the event loop; at least one slice runs. */
const ROOM = 4

const waiting: (() => void)[] = []
let isRunning = false

/** Resolves when everything that can go on now has gone on: Node empties the microtasks before the next tick. */
const settled = () => new Promise<void>((resolve) => process.nextTick(resolve))

async function run() {
  const begin = performance.now()
  do {
    waiting.shift()!()
    await settled()
  } while (waiting.length > 0 && performance.now() - begin < ROOM)
  isRunning = waiting.length > 0
  if (isRunning) setImmediate(run)
}

/**
 * Resolves when it is the caller's turn to run a slice of some milliseconds, in the order in which they asked. Throws
 * ClientLeft when nobody waits for the work any more.
 */
export async function nextTurn(client?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  waiting.push(resolve)
  if (!isRunning) {
    isRunning = true
    setImmediate(run)
  }
  await promise
  if (client?.aborted) throw new ClientLeft()
}

/** Milliseconds that a slice should take. */
const SLOW = 4
const QUICK = 2

/** How many rows to take at once: as many as take a few milliseconds, which depends on how large they are. */
export class Pace {
  size: number
  readonly #max: number
  #begin = 0

  constructor(first: number, max: number) {
    this.size = first
    this.#max = max
  }

  /** A slice of `size` rows begins. */
  begin() {
    this.#begin = performance.now()
  }

  /** It has been worked off: the next one is larger or smaller by what it took. */
  end() {
    const took = performance.now() - this.#begin
    if (took > SLOW) this.size = Math.max(1, Math.floor(this.size / 2))
    else if (took < QUICK) this.size = Math.min(this.#max, this.size * 2)
  }
}
