import { sweepAudit } from '../repositories/audit.ts'
import { sweepSessions } from '../repositories/sessions.ts'
import { sweepReplacedTokens } from '../repositories/set-of-books.ts'
import { log } from '../utils/log.ts'

const DAY = 24 * 3_600_000

let timer: NodeJS.Timeout | undefined

async function sweep() {
  const now = Date.now()
  const swept = {
    audit: await sweepAudit(now),
    sessions: await sweepSessions(now),
    tokens: await sweepReplacedTokens(now),
  }
  log.info(swept, 'swept')
}

const run = () => void sweep().catch((error) => log.error({ err: error }, 'sweep'))

/** Forgets what has had its time, now and once a day. */
export function startSweeping() {
  timer = setInterval(run, DAY)
  run()
}

/** Sweeps no more. */
export function stopSweeping() {
  clearInterval(timer)
}
