import { ClientLeft, Forbidden, TooMany } from '../errors.ts'
import type { FailureLimit } from '../limits/failure-limit.ts'

/** The log-ins from one address: those being tried, and those that wait to see how they go. */
interface LogIns {
  users: number
  tried: number
  waiting: (() => void)[]
}

/**
 * Bounds failed log-ins from one address; good ones do not count. Of many at once no more than may fail are tried, and
 * the others wait until it is known how those went.
 */
export class LogInGuard {
  readonly #failures: Pick<FailureLimit, 'add' | 'look'>
  readonly #logIns = new Map<string, LogIns>()

  constructor(failures: Pick<FailureLimit, 'add' | 'look'>) {
    this.#failures = failures
  }

  /** Runs a log-in, which fails with Forbidden. Throws TooMany, without running it, after too many failed ones. */
  async run<T>(address: string, client: AbortSignal, logIn: () => Promise<T>): Promise<T> {
    const logIns = this.#logIns.get(address) ?? { users: 0, tried: 0, waiting: [] }
    this.#logIns.set(address, logIns)
    logIns.users++
    try {
      await this.#wait(address, client, logIns)
      return await this.#try(address, logIns, logIn)
    } finally {
      if (--logIns.users === 0) this.#logIns.delete(address)
    }
  }

  /** Resolves when it may be tried, and counts it as being tried. */
  async #wait(address: string, client: AbortSignal, logIns: LogIns) {
    while (true) {
      if (client.aborted) throw new ClientLeft()
      const { left, retryAfter } = await this.#failures.look(address)
      if (left <= 0)
        throw new TooMany(`登录失败次数太多，请 ${retryAfter} 秒后再试`, retryAfter, {
          code: 'too_many_failed_log_ins',
        })
      // At once: whoever comes next must see it.
      if (logIns.tried < left) return void logIns.tried++
      await new Promise<void>((resolve) => logIns.waiting.push(resolve))
    }
  }

  async #try<T>(address: string, logIns: LogIns, logIn: () => Promise<T>): Promise<T> {
    try {
      return await logIn()
    } catch (error) {
      if (error instanceof Forbidden) await this.#failures.add(address)
      throw error
    } finally {
      logIns.tried--
      for (const goOn of logIns.waiting.splice(0)) goOn()
    }
  }
}
