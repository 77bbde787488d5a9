import type Database from 'better-sqlite3'
import { DrizzleQueryError } from 'drizzle-orm'
import { commitSizes, commitTimes } from '../../metrics/families.ts'
import { Gathering, type Member } from './gathering.ts'

/** So many calls share a commit at most: a longer transaction would keep the event loop from its other work. */
const MAX_GROUP = 256
/**
 * Milliseconds for which a group stays open while each turn of the event loop brings more: a sync costs as much as
 * dozens of writes.
 */
const MAX_WAIT = 2

const sizes = commitSizes.of()
const times = commitTimes.of()

/** The transaction is undone as a whole: SQLite does that itself on a full disk, or the commit failed. */
class GroupLost extends Error {}

/** A promise that must be settled before the event loop turns; else a rejection. */
export function withinThisTurn<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setImmediate(() =>
      reject(new Error('a transaction or snapshot waited for something other than its statements')),
    )
    void promise.then(resolve, reject).finally(() => clearImmediate(late))
  })
}

/**
 * Group commit: writes that arrive in the same turn of the event loop, and in the next ones as long as each brings
 * more, share one transaction and so one disk sync. A write is answered only after the commit that holds it. Each
 * member is a savepoint, so that one that fails is undone alone. A body waits for nothing but its statements, which
 * SQLite answers at once, so that a group is open within one turn of the event loop only.
 */
export class WriteQueue<T extends object> {
  #waiting: Member<T>[] = []
  #count = 0
  #scheduled = false
  #open: Promise<void> | undefined
  #live: T | undefined
  readonly #sqlite: Database.Database
  readonly #makeTx: (isLive: () => boolean) => T
  readonly #statements: Record<'begin' | 'commit' | 'savepoint' | 'release', Database.Statement>

  /**
   * `makeTx` makes what the bodies write through; `isLive` tells it whether the body that it was made for still runs.
   */
  constructor(sqlite: Database.Database, makeTx: (isLive: () => boolean) => T) {
    this.#sqlite = sqlite
    this.#makeTx = makeTx
    this.#statements = {
      begin: sqlite.prepare('BEGIN IMMEDIATE'),
      commit: sqlite.prepare('COMMIT'),
      savepoint: sqlite.prepare('SAVEPOINT member'),
      release: sqlite.prepare('RELEASE member'),
    }
  }

  /** Resolves when the group that is open has ended; `undefined` while none is. */
  get open(): Promise<void> | undefined {
    return this.#open
  }

  /** Throws unless the body that `tx` was made for is running. */
  check(tx: T) {
    if (this.#live !== tx) throw new Error('this transaction has ended')
  }

  /** Runs `run` inside a transaction; resolves with its result once that is on disk, or rejects, undone. */
  write<R>(run: (tx: T) => Promise<R>): Promise<R> {
    return new Promise((resolve, reject) => {
      const member = new Gathering<T, undefined, R>(async (tx) => [await run(tx)])
      member.calls.push({ item: undefined, resolve, reject })
      this.#add(member)
    })
  }

  /** A function whose calls are gathered and done by one body. */
  grouped<I, O>(body: (tx: T, items: I[]) => Promise<O[]>): (item: I) => Promise<O> {
    let next: Gathering<T, I, O> | undefined
    return (item) =>
      new Promise((resolve, reject) => {
        const call = { item, resolve, reject }
        if (next?.isWaiting && next.size < MAX_GROUP) {
          next.calls.push(call)
          this.#count++
        } else {
          next = new Gathering(body)
          next.calls.push(call)
          this.#add(next)
        }
      })
  }

  /** Resolves when everything that is waiting now has been committed. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#open) await this.write(async () => undefined)
  }

  #add(member: Member<T>) {
    this.#waiting.push(member)
    this.#count += member.size
    this.#schedule()
  }

  #schedule() {
    if (this.#scheduled) return
    this.#scheduled = true
    const begin = performance.now()
    const gather = (before: number) =>
      setImmediate(() => {
        const count = this.#count
        if (count > before && count < MAX_GROUP && performance.now() - begin < MAX_WAIT) return void gather(count)
        void this.#commitNext()
      })
    gather(0)
  }

  #take(): Member<T>[] {
    let size = 0
    const end = this.#waiting.findIndex((member) => (size += member.size) >= MAX_GROUP)
    const group = this.#waiting.splice(0, end < 0 ? this.#waiting.length : end + 1)
    this.#count -= size
    for (const member of group) member.isWaiting = false
    return group
  }

  async #commitNext() {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#open = promise
    const group = this.#take()
    const begin = performance.now()
    const answers = await this.#commit(group)
    times.add((performance.now() - begin) / 1000)
    sizes.add(group.reduce((sum, member) => sum + member.size, 0))
    this.#open = undefined
    this.#scheduled = false
    resolve()
    for (const answer of answers) answer()
    if (this.#waiting.length > 0) this.#schedule()
  }

  /** Resolves with the functions that settle the members, once the outcome is certain. */
  async #commit(group: Member<T>[]): Promise<(() => void)[]> {
    const answers: (() => void)[] = []
    try {
      this.#statements.begin.run()
    } catch (error) {
      // Where no transaction can begin (a lock, say), each member on its own would only hold up the thread once more.
      return group.map((member) => () => member.fail(error))
    }
    try {
      if (group.length === 1) await this.#runAlone(group[0]!, answers)
      else for (const member of group) await this.#runMember(member, answers)
      this.#finish()
      return answers
    } catch (error) {
      if (this.#sqlite.inTransaction) this.#sqlite.exec('ROLLBACK')
      return this.#recover(group, error)
    }
  }

  /** Does again what an error of one has undone for all, so that the good ones pass. */
  async #recover(group: Member<T>[], error: unknown): Promise<(() => void)[]> {
    const parts = group.flatMap((member) => member.split())
    if (parts.length === 1) return [() => parts[0]!.fail(error instanceof GroupLost ? error.cause : error)]
    if (group.length === 1 && !(error instanceof GroupLost)) return this.#commit(parts)
    const answers: (() => void)[] = []
    for (const part of parts) answers.push(...(await this.#commit([part])))
    return answers
  }

  /** Without a savepoint, which keeps a copy of each page that changes: twice the time of goBox's messages. */
  async #runAlone(member: Member<T>, answers: (() => void)[]) {
    await this.#runBody(member)
    answers.push(() => member.done())
  }

  #finish() {
    try {
      this.#statements.commit.run()
    } catch (cause) {
      throw new GroupLost('commit', { cause })
    }
  }

  /** Adds to `answers` what is to be told after the commit. Throws GroupLost if all is undone. */
  async #runMember(member: Member<T>, answers: (() => void)[]) {
    try {
      this.#statements.savepoint.run()
      await this.#runBody(member)
      this.#statements.release.run()
      answers.push(() => member.done())
    } catch (error) {
      if (!this.#sqlite.inTransaction) throw new GroupLost('member', { cause: error })
      this.#sqlite.exec('ROLLBACK TO member; RELEASE member')
      if (member.size === 1) answers.push(() => member.fail(error))
      else for (const part of member.split()) await this.#runMember(part, answers)
    }
  }

  async #runBody(member: Member<T>) {
    const tx = this.#makeTx(() => this.#live === tx)
    this.#live = tx
    try {
      await withinThisTurn(member.run(tx))
    } catch (error) {
      // Drizzle's own error only repeats the statement and what was to be stored by it.
      throw error instanceof DrizzleQueryError ? error.cause : error
    } finally {
      this.#live = undefined
    }
  }
}
