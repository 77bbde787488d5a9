import { LRUCache } from 'lru-cache'

const MINUTE = 60_000
const MAX_ADDRESSES = 10_000

/** Counts failures by address over the last minute. */
export class FailureLimit {
  // Counted on the process's own clock, which nobody sets.
  readonly #failures = new LRUCache<string, number[]>({ max: MAX_ADDRESSES, ttl: MINUTE })

  constructor(readonly max: number) {}

  #recent(address: string): number[] {
    const since = performance.now() - MINUTE
    return (this.#failures.get(address) ?? []).filter(time => time > since)
  }

  /** Notes a failure. */
  add(address: string) {
    this.#failures.set(address, [...this.#recent(address).slice(-this.max), performance.now()])
  }

  /** Seconds until the address may fail again; 0: it may now. */
  retryAfter(address: string): number {
    const recent = this.#recent(address)
    if (recent.length < this.max) return 0
    return Math.max(1, Math.ceil((recent.at(-this.max)! + MINUTE - performance.now()) / 1000))
  }
}
