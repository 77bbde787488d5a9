import { randomUUID } from 'node:crypto'
import { countRetails } from '../connectors/c8-retails.ts'
import type { C8Access } from '../connectors/c8.ts'
import {
  isLookupBroken,
  listUncheckedLookups,
  LOOKUP_BROKEN,
  saveLookupVerdict,
} from '../repositories/lookup-verdicts.ts'
import { DomainError, Refused } from '../errors.ts'
import { hasDuty } from '../cluster/membership.ts'
import { log } from '../log/log.ts'
import { findC8Session } from './c8-session.ts'

/*
 * Importing exactly once rests on C8's look-up by source and source_id. A C8 that answers a document whatever is asked
 * for would have every order adopt another's.
 */

const DAY = 24 * 3_600_000
/** A check that C8 did not answer is made again after this long. */
const RETRY = 3_600_000

const underWay = new Map<number, Promise<void>>()

async function check(setOfBookId: number, access: C8Access) {
  try {
    const found = await countRetails(access, `self-check-${randomUUID()}`)
    if (found > 0) log.error({ set: setOfBookId, found }, 'C8 answers documents whatever is looked up')
    await saveLookupVerdict(setOfBookId, found > 0, Date.now())
  } catch (error) {
    // Neither a fault nor a refusal says how the look-up works.
    if (!(error instanceof DomainError)) log.error({ err: error, set: setOfBookId }, 'look-up check')
  }
}

/** Probes C8's look-up with a document that cannot exist and records the result; one check at a time. */
export function checkLookup(setOfBookId: number, access: C8Access): Promise<void> {
  let running = underWay.get(setOfBookId)
  if (!running) {
    running = check(setOfBookId, access).finally(() => underWay.delete(setOfBookId))
    underWay.set(setOfBookId, running)
  }
  return running
}

/** Resolves with whether C8's look-up is broken, once no check of it is under way any more. */
export async function hasBrokenLookup(setOfBookId: number): Promise<boolean> {
  await underWay.get(setOfBookId)
  return isLookupBroken(setOfBookId)
}

/** Throws Refused while C8's look-up of this account set is broken. */
export async function requireLookup(setOfBookId: number): Promise<void> {
  if (await hasBrokenLookup(setOfBookId)) throw new Refused(LOOKUP_BROKEN.message, { code: LOOKUP_BROKEN.code })
}

let timer: NodeJS.Timeout | undefined

async function checkAll() {
  if (!hasDuty('lookup_checks')) return
  const now = Date.now()
  for (const setOfBookId of await listUncheckedLookups(now - DAY, now)) {
    const session = await findC8Session({ setOfBookId, importSessionId: null })
    if (session) await checkLookup(setOfBookId, session)
  }
}

const run = () => void checkAll().catch((error) => log.error({ err: error }, 'look-up checks'))

/** Checks every account set's C8 once a day. */
export function startLookupChecks() {
  timer = setInterval(run, RETRY)
  run()
}

/** Begins no more checks by itself; resolves when those under way have ended. */
export async function stopLookupChecks() {
  clearInterval(timer)
  await Promise.all(underWay.values())
}
