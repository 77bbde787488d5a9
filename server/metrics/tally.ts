/**
 * Counts what happens in a form that costs nanoseconds: the client's own counters take a microsecond each, which the
 * webhook would feel. services/expose-metrics.ts hands them over when somebody asks.
 */
export class Tally {
  count = 0
  sum = 0
  /** How many values were at most each bound; those above all bounds are only in `count`. */
  readonly buckets: number[]
  readonly #bounds: readonly number[]

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.buckets = bounds.map(() => 0)
  }

  add(value = 1) {
    this.count++
    this.sum += value
    const bounds = this.#bounds
    for (let index = 0; index < bounds.length; index++)
      if (value <= bounds[index]!) {
        this.buckets[index]!++
        return
      }
  }
}

/** Tallies of one kind, by the values of their labels. */
export class Family {
  readonly #tallies = new Map<string, { labels: Record<string, string>; tally: Tally }>()
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  readonly bounds: readonly number[]

  /** `bounds` are those of a histogram; without any it is a counter. */
  constructor(name: string, help: string, labels: readonly string[], bounds: readonly number[] = []) {
    this.name = name
    this.help = help
    this.labels = labels
    this.bounds = bounds
  }

  /** The tally of these values, in the order of the labels. */
  of(...values: string[]): Tally {
    const key = values.length === 1 ? values[0]! : values.join(' ')
    let entry = this.#tallies.get(key)
    if (!entry) {
      const labels = Object.fromEntries(this.labels.map((label, index) => [label, values[index]!]))
      this.#tallies.set(key, (entry = { labels, tally: new Tally(this.bounds) }))
    }
    return entry.tally
  }

  entries() {
    return [...this.#tallies.values()]
  }
}
