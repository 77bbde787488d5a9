const SECOND = 1000
const MINUTE = 60 * SECOND
const STEPS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 60 * MINUTE]
const JITTER = 0.2

/**
 * Milliseconds to wait after so many failed attempts, spread by a fifth so that a whole queue does not return at once;
 * `null`: give up.
 */
export function backoff(attempts: number): number | null {
  const step = STEPS[attempts]
  return step === undefined ? null : Math.round(step * (1 + JITTER * (2 * Math.random() - 1)))
}
