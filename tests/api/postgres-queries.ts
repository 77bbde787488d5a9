import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'

interface Answer {
  rows?: unknown[]
  error?: string
}

/** Longer than any statement of a test takes. */
const LIMIT = 30_000

/** Runs statements on PostgreSQL and waits for each, so that tests read both engines in the same way. */
export class PostgresQueries {
  readonly #signal = new Int32Array(new SharedArrayBuffer(4))
  readonly #port

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const worker = new Worker(new URL('postgres-worker.mjs', import.meta.url), {
      workerData: { port: port2, signal: this.#signal },
      transferList: [port2],
    })
    // Neither keeps the process alive.
    worker.unref()
    port1.unref()
  }

  /** The rows of a statement with `?` where its values go. Throws what the server says against it. */
  run(url: string, sql: string, values: readonly unknown[]): unknown[] {
    Atomics.store(this.#signal, 0, 0)
    this.#port.postMessage({ url, sql, values })
    // A late notification about the answer before wakes this one, too.
    while (Atomics.load(this.#signal, 0) === 0)
      if (Atomics.wait(this.#signal, 0, 0, LIMIT) === 'timed-out') throw new Error(`PostgreSQL did not answer: ${sql}`)
    const { rows, error } = receiveMessageOnPort(this.#port)!.message as Answer
    if (error !== undefined) throw new Error(error)
    return rows!
  }

  close() {
    this.#port.postMessage('close')
  }
}
