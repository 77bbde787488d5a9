import type Database from 'better-sqlite3'

interface Write {
  run: () => unknown
  resolve: (value: never) => void
  reject: (reason: unknown) => void
}

/** So many writes share a commit at most: a longer transaction would keep the event loop from its other work. */
const MAX_GROUP = 256
/** Milliseconds for which a group stays open while each turn of the event loop brings more: a sync costs as much as dozens of writes. */
const MAX_WAIT = 2

/**
 * Group commit: writes that arrive in the same turn of the event loop, and in the next ones as long as each brings more, share one
 * transaction and so one disk sync. A write is answered only after the commit that holds it. `run` must be synchronous, and is run again on its own if its group fails.
 */
export class WriteQueue {
  #waiting: Write[] = []
  #scheduled = false
  readonly #transact: (run: () => void) => void

  constructor(sqlite: Database.Database) {
    const transaction = sqlite.transaction((run: () => void) => run())
    this.#transact = transaction.immediate
  }

  /** Runs `run` inside a transaction; resolves with its result once that is on disk, or rejects with its error, undone. */
  write<T>(run: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ run, resolve: resolve as (value: never) => void, reject })
      this.#schedule()
    })
  }

  /** Resolves when everything that is waiting now has been committed. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0) await this.write(() => undefined)
  }

  #schedule() {
    if (this.#scheduled) return
    this.#scheduled = true
    const begin = performance.now()
    const gather = (before: number) =>
      setImmediate(() => {
        const count = this.#waiting.length
        if (count > before && count < MAX_GROUP && performance.now() - begin < MAX_WAIT) return void gather(count)
        this.#scheduled = false
        const group = this.#waiting.splice(0, MAX_GROUP)
        if (this.#waiting.length > 0) this.#schedule()
        this.#commit(group)
      })
    gather(0)
  }

  #commit(group: Write[]) {
    const results: unknown[] = []
    let hasBegun = false
    try {
      this.#transact(() => {
        hasBegun = true
        for (const write of group) results.push(write.run())
      })
    } catch (error) {
      // Where no transaction can begin (a lock, say), each member on its own would only hold up the thread once more.
      if (!hasBegun || group.length === 1) group.forEach((write) => write.reject(error))
      // One member's failure undid the whole group; each gets its own transaction, so that the good ones pass.
      else for (const write of group) this.#commit([write])
      return
    }
    group.forEach((write, index) => write.resolve(results[index] as never))
  }
}
