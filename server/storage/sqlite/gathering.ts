/** One or several calls that are done as one body. */
export interface Member<T> {
  /** How many calls it is. */
  readonly size: number
  /** Whether it still takes calls in. */
  isWaiting: boolean
  run: (tx: T) => Promise<unknown>
  done: () => void
  fail: (reason: unknown) => void
  /** Each of its calls as a member of its own. */
  split: () => Member<T>[]
}

/** One body for all calls that come before it runs. */
export class Gathering<T, I, O> implements Member<T> {
  readonly calls: { item: I; resolve: (result: O) => void; reject: (reason: unknown) => void }[] = []
  isWaiting = true
  #results: O[] = []
  readonly #body: (tx: T, items: I[]) => Promise<O[]>

  constructor(body: (tx: T, items: I[]) => Promise<O[]>) {
    this.#body = body
  }

  get size() {
    return this.calls.length
  }

  async run(tx: T) {
    this.#results = await this.#body(
      tx,
      this.calls.map(({ item }) => item),
    )
  }

  done() {
    this.calls.forEach(({ resolve }, index) => resolve(this.#results[index]!))
  }

  fail(reason: unknown) {
    for (const { reject } of this.calls) reject(reason)
  }

  split() {
    if (this.size === 1) return [this]
    return this.calls.map((call) => {
      const part = new Gathering<T, I, O>(this.#body)
      part.calls.push(call)
      return part
    })
  }
}
