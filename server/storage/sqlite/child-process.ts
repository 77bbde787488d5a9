import { fork } from 'node:child_process'
import process from 'node:process'
import { isSea } from 'node:sea'
import { fileURLToPath } from 'node:url'
import { CHILD_ENVIRONMENT } from '../../child-mode.ts'
import { WrongSetting } from '../../config.ts'
import type { RowCounts } from './snapshot.ts'

/*
 * Work on a whole database, which takes SQLite seconds or minutes in one call: it runs in a process of its own, so that
 * goBox's messages do not wait for it, and so that it can be ended at any moment (a thread cannot, and the exit of the
 * process would wait for it). The process is another one of the server's program, told by its environment.
 */

/** Milliseconds. */
const LONGEST_KILL = 1000

export interface Tasks {
  backup: { input: { folder: string; now: number }; result: string }
  drill: { input: { file: string; folder: string; secretKey: string }; result: RowCounts }
}

export type TaskName = keyof Tasks

export interface Task<Name extends TaskName = TaskName> {
  name: Name
  input: Tasks[Name]['input']
}

/** What the child says: how far it is, then how it went. */
export type Message = { copied: true } | { result: unknown } | { refusal: string } | { failure: string; code?: string }

/** What to start: the one file starts itself once more, as a script it knows its commands only. */
function program(): [string, string[]] {
  return isSea() ? ['serve', []] : [fileURLToPath(import.meta.url), []]
}

function toError(message: Exclude<Message, { copied: true } | { result: unknown }>): Error {
  return 'refusal' in message
    ? new WrongSetting(message.refusal)
    : Object.assign(new Error(message.failure), { code: message.code })
}

/**
 * Runs a task in a process of its own, which `signal` ends at once. Rejects with the task's error, or with the signal's
 * reason.
 */
export function runInChild<Name extends TaskName>(
  task: Task<Name>,
  signal: AbortSignal,
  copied?: () => void,
): Promise<Tasks[Name]['result']> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<Tasks[Name]['result']>()
  const child = fork(...program(), {
    env: { ...process.env, ...CHILD_ENVIRONMENT },
    // The one file brings its options itself, and would take these for a command.
    execArgv: isSea() ? [] : process.execArgv,
    // No `ignore`: it opens /dev/null, which a bare root file system may lack.
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  })
  const end = () => {
    child.kill('SIGKILL')
    // One that waits for a drive does not even end when it is killed.
    setTimeout(() => reject(signal.reason as Error), LONGEST_KILL).unref()
  }
  signal.addEventListener('abort', end)
  child.on('message', (message: Message) => {
    if ('copied' in message) copied?.()
    else if ('result' in message) resolve(message.result as Tasks[Name]['result'])
    else reject(toError(message))
  })
  child.once('error', reject)
  child.once('close', (code, killedBy) => {
    signal.removeEventListener('abort', end)
    reject(signal.aborted ? signal.reason : new Error(`the process of the ${task.name} ended with ${code ?? killedBy}`))
  })
  child.send(task)
  return promise
}
