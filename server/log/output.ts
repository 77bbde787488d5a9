import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import process from 'node:process'

/** Bytes that are worth a system call of their own. */
const BATCH = 8192
/** Characters that may wait while nobody takes them: some 20,000 lines. Later lines are lost, and counted. */
const MAX_WAITING = 4 * 1024 * 1024
/** Milliseconds. */
const FLUSH_EVERY = 250
const LAST_TRY = 250
const PAUSE = 10

const NOTHING = Buffer.alloc(0)
const never = new Int32Array(new SharedArrayBuffer(4))

/**
 * A descriptor of the same file, pipe or terminal that refuses a write instead of waiting: a reader that has stopped
 * reading would otherwise stop this process, too, or a thread that the exit waits for.
 */
function withoutWaiting(fd: number): number {
  // Files never make a writer wait for a reader, and opened again they would be written from the beginning.
  if (fstatSync(fd).isFile()) return fd
  try {
    // Reopened: the flag must not change for others who share the original, such as a shell.
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    // A socket, such as journald's, or a system without /proc: here Node's own stream sets the flag.
    void process.stdout
    return fd
  }
}

/**
 * Standard output for the log's lines. Neither a full disk nor a closed or stalled reader stops the process or keeps it
 * from ending: what cannot be written waits, up to a bound; what does not fit is lost, and its number is written once
 * writing works again. Not sonic-boom, which retries for ever at the exit and blocks a thread on a full pipe.
 */
export class LogOutput {
  readonly #target: number
  /** Makes the line that says how many are missing at this place. */
  readonly #lostLine: (count: number) => string
  #waiting = ''
  /** What the system has not taken yet of what it was given. */
  #rest: Buffer = NOTHING
  #lost = 0
  #isStuck = false
  #timer: NodeJS.Timeout | undefined

  constructor(target: number, lostLine: (count: number) => string) {
    this.#target = withoutWaiting(target)
    this.#lostLine = lostLine
  }

  /** Takes one line. */
  write(line: string) {
    if (this.#lost > 0 || this.#waiting.length + this.#rest.length > MAX_WAITING) {
      this.#lost += 1
      return
    }
    this.#waiting += line
    if (this.#waiting.length >= BATCH && !this.#isStuck) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_EVERY).unref()
  }

  /** Writes as much as is taken now. Returns whether that was everything; the rest is tried again. */
  flush(): boolean {
    clearTimeout(this.#timer)
    this.#timer = undefined
    try {
      while (this.#fill()) this.#rest = this.#rest.subarray(writeSync(this.#target, this.#rest))
      this.#isStuck = false
    } catch {
      // No space, no reader, or one that is slow (EAGAIN): all the same, it may be over in a moment.
      this.#isStuck = true
      this.#timer = setTimeout(() => this.flush(), FLUSH_EVERY).unref()
    }
    return !this.#isStuck
  }

  /** Flushes on exit, retrying only for a moment. */
  end() {
    for (const deadline = performance.now() + LAST_TRY; !this.flush() && performance.now() < deadline;)
      Atomics.wait(never, 0, 0, PAUSE)
  }

  /** Puts the next lines into `#rest` once that is written. Returns whether there is anything to write. */
  #fill(): boolean {
    if (this.#rest.length > 0) return true
    if (this.#waiting === '' && this.#lost > 0) {
      this.#waiting = this.#lostLine(this.#lost)
      this.#lost = 0
    }
    this.#rest = Buffer.from(this.#waiting)
    this.#waiting = ''
    return this.#rest.length > 0
  }
}
