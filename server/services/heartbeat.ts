import { claimDuty } from '../repositories/duty-marks.ts'
import { beat } from '../connectors/heartbeat.ts'
import { useConfig } from '../config.ts'
import { log } from '../log/log.ts'
import { checkHealth } from './check-health.ts'

const MINUTE = 60_000
const EVERY = 5 * MINUTE

let timer: NodeJS.Timeout | undefined
let beating: Promise<void> | undefined

/**
 * Tells every five minutes that the app is healthy, from one of several nodes; while it is not, whoever listens raises
 * the alarm. Throws what the check of the health and the call throw.
 */
export async function tickHeartbeat(url: string, now: number): Promise<void> {
  await checkHealth()
  // Five minutes of the clock, so that nodes whose timers differ do not take turns ever earlier.
  const begin = now - (now % EVERY)
  if (await claimDuty('heartbeat', begin - 1, now)) await beat(url)
}

function run(url: string) {
  beating ??= tickHeartbeat(url, Date.now())
    .catch((error: unknown) => log.warn({ err: error }, 'heartbeat'))
    .finally(() => {
      beating = undefined
    })
}

/** Tells every five minutes that the app is healthy, where somebody is to hear it. */
export function startHeartbeat() {
  const { heartbeatUrl } = useConfig()
  if (heartbeatUrl === undefined) return
  timer = setInterval(() => run(heartbeatUrl), MINUTE)
  run(heartbeatUrl)
}

/** Resolves when the heartbeat under way has ended. */
export async function stopHeartbeat() {
  clearInterval(timer)
  await beating
}
