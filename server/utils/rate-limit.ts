import { LRUCache } from 'lru-cache'

const MINUTE = 60_000
const MAX_ADDRESSES = 10_000

/** Counts failures by address over the last minute, or another time in milliseconds. */
export class FailureLimit {
  // Counted on the process's own clock, which nobody sets.
  readonly #failures: LRUCache<string, number[]>

  constructor(
    readonly max: number,
    readonly window = MINUTE,
  ) {
    this.#failures = new LRUCache({ max: MAX_ADDRESSES, ttl: window })
  }

  #recent(address: string): number[] {
    const since = performance.now() - this.window
    return (this.#failures.get(address) ?? []).filter((time) => time > since)
  }

  /** Notes a failure. Returns how to take it back, for what counts as failed until it has succeeded. */
  add(address: string): () => void {
    const at = performance.now()
    this.#failures.set(address, [...this.#recent(address).slice(-this.max), at])
    return () => {
      this.#failures.set(
        address,
        this.#recent(address).filter((time) => time !== at),
      )
    }
  }

  /** Seconds until the address may fail again; 0: it may now. */
  retryAfter(address: string): number {
    const recent = this.#recent(address)
    if (recent.length < this.max) return 0
    return Math.max(1, Math.ceil((recent.at(-this.max)! + this.window - performance.now()) / 1000))
  }
}
