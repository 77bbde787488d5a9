import type { StoredProgress } from '#shared/settlements'
import { leavePlaces, shareCheck } from '../repositories/import-places.ts'
import { mayHaveOthers } from '../repositories/nodes.ts'
import type { RequestedCheck } from '../repositories/settlement-days.ts'
import { hasDuty } from '../cluster/membership.ts'
import { log } from '../log/log.ts'
import { grantLookups, PLACES } from './c8-places.ts'
import { wakeImportQueue } from './import-queue.ts'

/** Milliseconds between two looks at the state of the other nodes. */
const INTERVAL = 250

/** A check whose places and progress the other nodes know of. */
export interface Shared {
  /** Tells how far the check is now, instead of with the next look. */
  tell: () => void
  /** Once all of its look-ups have ended. */
  end: () => Promise<void>
}

/**
 * Where there may be other nodes: shares the places at C8 with their imports, tells them the check's progress, and
 * breaks it off by `stop` when one of them has taken it back, or this node no longer does the checks.
 */
export function share(check: RequestedCheck, progress: () => StoredProgress, stop: () => void): Shared {
  const { setOfBookId } = check
  if (!mayHaveOthers()) return { tell: () => {}, end: async () => {} }
  grantLookups(setOfBookId, 0)
  let last = Promise.resolve()
  let isBusy = false
  let before = 0
  const look = async () => {
    let granted = 0
    const grant = (now: number) => {
      granted = now
      // More only once the others can see it.
      return grantLookups(setOfBookId, Math.min(now, before))
    }
    const isWanted = hasDuty('day_checks') && (await shareCheck(check, progress(), PLACES, grant))
    if (!isWanted) return stop()
    grantLookups(setOfBookId, granted)
    if (granted < before) wakeImportQueue()
    before = granted
  }
  const tell = () => {
    if (isBusy) return
    isBusy = true
    last = look()
      .catch((error: unknown) => log.warn({ err: error }, 'share check'))
      .finally(() => (isBusy = false))
  }
  const timer = setInterval(tell, INTERVAL)
  tell()
  return {
    tell,
    end: async () => {
      clearInterval(timer)
      await last
      await leavePlaces(check)
      grantLookups(setOfBookId, PLACES)
      wakeImportQueue()
    },
  }
}
