import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Bytes, both halves together. */
const ENOUGH = 32 * 1024 * 1024

/**
 * Lets V8's young generation grow no further once it is large enough. On a machine with much memory it would take 128 MiB under load, and
 * no option but one on Node's command line could forbid it beforehand.
 */
export function boundYoungGeneration() {
  let mayGrow = true
  const observer = new PerformanceObserver(() => {
    const { space_size: size } = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')!
    if (mayGrow === size < ENOUGH) return
    // It shrinks when little happens, and then may grow again.
    mayGrow = size < ENOUGH
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`)
  })
  observer.observe({ entryTypes: ['gc'] })
}
