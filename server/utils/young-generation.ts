import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Bytes, both halves together. */
const ENOUGH = 32 * 1024 * 1024
/** Milliseconds; under full load it takes seconds to grow from `ENOUGH` to twice as much. */
const CHECK_EVERY = 500

/**
 * Lets V8's young generation grow no further once it is large enough. On a machine with much memory it would take 128 MiB under load, and
 * no option but one on Node's command line could forbid it beforehand. Looked at by a timer: an observer of collections leaves more behind
 * than goBox's messages do.
 */
export function boundYoungGeneration() {
  let mayGrow = true
  setInterval(() => {
    const { space_size: size } = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')!
    if (mayGrow === size < ENOUGH) return
    // It shrinks when little happens, and then may grow again.
    mayGrow = size < ENOUGH
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`)
  }, CHECK_EVERY).unref()
}
