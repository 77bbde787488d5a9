import { LRUCache } from 'lru-cache'
import { RateLimiterMemory, type RateLimiterAbstract } from 'rate-limiter-flexible'
import { useSharedCounter } from '../repositories/failures.ts'

const MINUTE_SECONDS = 60
/** Most addresses tracked at a time; a caller with more of them needs no second try from one. */
const MAX_KEYS = 10_000

interface FailureLimitOptions {
  seconds?: number
  /** Under which name all nodes count together, where there may be several; otherwise each counts its own. */
  sharedAs?: string
}

/** Counts failures by whom they come from, over a minute from the first one or another number of seconds. */
export class FailureLimit {
  readonly #limiter: RateLimiterMemory
  readonly #seconds: number
  readonly #sharedAs: string | undefined
  #shared: RateLimiterAbstract | null | undefined
  /** Bounds the limiter's memory. */
  readonly #keys: LRUCache<string, true>

  constructor(max: number, { seconds = MINUTE_SECONDS, sharedAs }: FailureLimitOptions = {}) {
    this.#seconds = seconds
    this.#sharedAs = sharedAs
    this.#limiter = new RateLimiterMemory({ points: max, duration: seconds })
    this.#keys = new LRUCache({ max: MAX_KEYS, dispose: (_, key) => void this.#limiter.delete(key) })
  }

  /** Notes a failure. */
  async add(key: string): Promise<void> {
    this.#keys.set(key, true)
    await this.#limiter.penalty(key)
    await this.#others()?.penalty(key)
  }

  /** How often `key` may fail yet, and, where it may not, in how many seconds it may again. */
  async look(key: string): Promise<{ left: number; retryAfter: number }> {
    const shared = this.#read(await this.#others()?.get(key))
    // Read last, so that failures counted here in the meantime are included.
    const own = this.#read(await this.#limiter.get(key))
    return shared.left < own.left ? shared : own
  }

  #read(known: Awaited<ReturnType<RateLimiterAbstract['get']>> | undefined) {
    const left = known ? known.remainingPoints : this.#limiter.points
    if (left > 0) return { left, retryAfter: 0 }
    // The clock may have been set back, the limiter's timer goes by the process's own.
    return { left, retryAfter: Math.min(this.#seconds, Math.max(1, Math.ceil(known!.msBeforeNext / 1000))) }
  }

  #others(): RateLimiterAbstract | null {
    if (this.#sharedAs === undefined) return null
    return (this.#shared ??= useSharedCounter({
      keyPrefix: this.#sharedAs,
      points: this.#limiter.points,
      duration: this.#seconds,
    }))
  }
}
