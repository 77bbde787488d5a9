import type { RateLimiterAbstract } from 'rate-limiter-flexible'
import { useStorage, type CounterOptions } from '../storage/engine.ts'

/** The failure counter shared by all nodes; `null` if this process is the only one. */
export function useSharedCounter(options: CounterOptions): RateLimiterAbstract | null {
  return useStorage().sharedCounter(options)
}
