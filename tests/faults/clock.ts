import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The clock that a server sees whose settings contain `settings`; it can be set, also while the server runs. */
export class Clock {
  readonly #folder = mkdtempSync(join(tmpdir(), 'gobox-clock-'))
  readonly #file = join(this.#folder, 'clock')
  #begin = 0
  #shown = 0
  #speed = 1

  readonly settings = {
    NODE_OPTIONS: `--import=${new URL('clock-preload.mjs', import.meta.url)}`,
    TEST_CLOCK: this.#file,
  }

  /** A process takes over a change of the speed when it starts. */
  constructor(shown = Date.now(), speed = 1) {
    this.set(shown, speed)
    process.once('exit', () => rmSync(this.#folder, { recursive: true, force: true }))
  }

  get now() {
    return Math.floor(this.#shown + (Date.now() - this.#begin) * this.#speed)
  }

  set(shown: number, speed = this.#speed) {
    this.#begin = Date.now()
    this.#shown = shown
    this.#speed = speed
    writeFileSync(this.#file, new Float64Array([this.#begin, shown, speed]))
  }

  shift(milliseconds: number) {
    this.set(this.now + milliseconds)
  }
}
