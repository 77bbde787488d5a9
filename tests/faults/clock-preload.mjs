import { openSync, readSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import process from 'node:process'
import timersPromises from 'node:timers/promises'

/*
 * Loaded into the server's process before the server: its clock is set, and perhaps runs faster, as the file of
 * tests/faults/clock.ts says. The server itself knows nothing of it.
 */

const file = openSync(process.env.TEST_CLOCK, 'r')
const numbers = new Float64Array(3)
const RealDate = Date
const now = () => {
  readSync(file, numbers, 0, numbers.byteLength, 0)
  const [begin, shown, speed] = numbers
  return Math.floor(shown + (RealDate.now() - begin) * speed)
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length > 0 ? args : [now()], newTarget === globalThis.Date ? target : newTarget),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
})

now()
const speed = numbers[2]
if (speed !== 1) {
  const realPerformanceNow = performance.now.bind(performance)
  performance.now = () => realPerformanceNow() * speed
  for (const name of ['setTimeout', 'setInterval']) {
    const real = globalThis[name]
    globalThis[name] = (run, delay = 0, ...args) => real(run, delay / speed, ...args)
  }
  const sleep = timersPromises.setTimeout
  timersPromises.setTimeout = (delay, ...args) => sleep(delay / speed, ...args)
  syncBuiltinESMExports()
  const timeout = AbortSignal.timeout.bind(AbortSignal)
  AbortSignal.timeout = (delay) => timeout(Math.round(delay / speed))
}
