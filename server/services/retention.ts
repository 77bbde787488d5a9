import { sweepDeliveries } from '../repositories/alert-deliveries.ts'
import { sweepAudit } from '../repositories/audit.ts'
import { sweepBatches } from '../repositories/import-batches.ts'
import { sweepSessions } from '../repositories/sessions.ts'
import { sweepReplacedTokens } from '../repositories/local-tokens.ts'
import { hasDuty } from '../cluster/membership.ts'
import { log } from '../log/log.ts'

const DAY = 24 * 3_600_000

/** Milliseconds after which it is asked whether a day has gone by: this node may have taken the duty on meanwhile. */
const LOOK = 3_600_000

let timer: NodeJS.Timeout | undefined
let lastSwept = -Infinity

async function sweep() {
  if (!hasDuty('retention') || performance.now() - lastSwept < DAY) return
  lastSwept = performance.now()
  const now = Date.now()
  const swept = {
    audit: await sweepAudit(now),
    sessions: await sweepSessions(now),
    tokens: await sweepReplacedTokens(now),
    jobs: await sweepBatches(now),
    alerts: await sweepDeliveries(now),
  }
  log.info(swept, 'swept')
}

const run = () => void sweep().catch((error) => log.error({ err: error }, 'sweep'))

/** Deletes what is past its retention, now and once a day. */
export function startSweeping() {
  timer = setInterval(run, LOOK)
  run()
}

/** Sweeps no more. */
export function stopSweeping() {
  clearInterval(timer)
}
