import type { RateLimiterAbstract } from 'rate-limiter-flexible'
import { useStorage, type CounterOptions } from '../storage/engine.ts'

/** Counts failures for all nodes; `null` where this process is the only one. */
export function useSharedCounter(options: CounterOptions): RateLimiterAbstract | null {
  return useStorage().sharedCounter(options)
}
