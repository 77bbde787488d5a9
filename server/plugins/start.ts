import { setTimeout as sleep } from 'node:timers/promises'
import { defineNitroPlugin } from 'nitropack/runtime'
import { leaveCluster } from '../cluster/membership.ts'
import { stopAttention } from '../services/attention/watch-attention.ts'
import { stopAutomation } from '../services/automation.ts'
import { stopBackups } from '../services/backups.ts'
import { stopLookupChecks } from '../services/check-lookup.ts'
import { stopCountingGoods } from '../services/count-goods.ts'
import { stopHeartbeat } from '../services/heartbeat.ts'
import { stopImportQueue } from '../services/import-queue.ts'
import { stopJobs } from '../services/job-queue.ts'
import { stopRestoreNotice } from '../services/restore-notice.ts'
import { stopSweeping } from '../services/retention.ts'
import { stopChecks } from '../services/settlement-checks.ts'
import { log } from '../log/log.ts'
import { whenStarted } from '../start.ts'
import { useStorage } from '../storage/engine.ts'

/** A stop is promised within 8 s, requests included; a call to an upstream may take longer. */
const LONGEST_STOP = 2500
/** Milliseconds; whoever does not get to say that he leaves is missed all the same. */
const LEAVING = 1000

/** Starts the app before the first request is answered, and ends it in order. */
export default defineNitroPlugin((nitro) => {
  void whenStarted()
  // Development listens before; production does not (entry.ts).
  nitro.hooks.hook('request', () => whenStarted())
  nitro.hooks.hook('close', async () => {
    await whenStarted()
    stopSweeping()
    // What is cut off here is taken up at the next start; what cannot be written now is not worth a failure.
    const stopped = Promise.allSettled([
      stopImportQueue(),
      stopJobs(),
      stopAutomation(),
      stopChecks(),
      stopCountingGoods(),
      stopLookupChecks(),
      stopBackups(),
      stopAttention(),
      stopHeartbeat(),
    ])
    await Promise.race([stopped, sleep(LONGEST_STOP)])
    stopRestoreNotice()
    await Promise.race([leaveCluster(), sleep(LEAVING)])
    await useStorage()
      .close()
      .catch((error: unknown) => log.error({ err: error }, 'close'))
  })
})
