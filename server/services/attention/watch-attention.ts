import { setTimeout as sleep } from 'node:timers/promises'
import { listSetIds } from '../../repositories/attention-facts.ts'
import { log } from '../../log/log.ts'
import { planAlerts } from '../alerts/plan.ts'
import { sendWaiting } from '../alerts/send.ts'
import { refreshAttention } from './list.ts'

/** Milliseconds from one round to the next: a list is at most 5 s old. */
const INTERVAL = 3000

const stopping = new AbortController()
let rounds: Promise<void> | undefined
let sending: Promise<void> | undefined

/** Evaluates every account set and queues the resulting alerts. */
export async function judgeAll(now: number): Promise<void> {
  for (const id of await listSetIds()) {
    if (stopping.signal.aborted) return
    try {
      const list = await refreshAttention(id, now)
      if (list) await planAlerts(id, list, now)
    } catch (error) {
      log.error({ err: error, set: id }, 'attention')
    }
  }
}

/** Never waited for: a robot may take its time. */
function startSending() {
  sending ??= sendWaiting(Date.now, () => stopping.signal.aborted)
    .catch((error: unknown) => log.error({ err: error }, 'alerts'))
    .finally(() => {
      sending = undefined
    })
}

async function run() {
  while (!stopping.signal.aborted) {
    const begin = performance.now()
    await judgeAll(Date.now()).catch((error: unknown) => log.error({ err: error }, 'attention'))
    startSending()
    const rest = Math.max(INTERVAL / 10, INTERVAL - (performance.now() - begin))
    await sleep(rest, undefined, { signal: stopping.signal }).catch(() => undefined)
  }
}

/** Evaluates what needs a person and alerts the channels, until it is stopped. */
export function startAttention() {
  rounds = run()
}

/** Resolves when the running evaluation and deliveries have ended. */
export async function stopAttention() {
  stopping.abort()
  await rounds
  await sending
}
