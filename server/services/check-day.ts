import { PAID } from '#shared/order-status'
import type { StoredProgress } from '#shared/settlements'
import { readChangesSince, readDayOrders, type DayOrder } from '../repositories/day-orders.ts'
import { noteStep, type CompleteCheck, type RequestedCheck } from '../repositories/settlement-days.ts'
import { noteFindings, type Finding } from '../repositories/settlement-differences.ts'
import { NOTHING, plus, type Figures } from '../repositories/settlement-figures.ts'
import { Refused, SessionEnded } from '../errors.ts'
import { nextTurn } from '../turns.ts'
import { judgeRefusal } from './c8-refusal.ts'
import { findC8Session } from './c8-session.ts'
import { requireLookup } from './check-lookup.ts'
import { compareWithGobox, isRefund } from './compare-day.ts'
import { readDayAtGobox, type DayAtGobox } from './day-at-gobox.ts'
import { isLookedUp, readDayInC8 } from './day-in-c8.ts'

/** Findings are stored in portions: each is a transaction that goBox's messages wait for. */
const PORTION = 200

interface Here {
  /** Those that C8 is asked about. */
  toLookUp: DayOrder[]
  findings: Finding[]
  /** What was checked. */
  seen: Figures
  /** Orders that came or changed since the check began, or are being sent: they wait for the next one. */
  waiting: string[]
}

/** Stores findings in portions. */
class Notes {
  readonly #check: RequestedCheck
  readonly #begin: number
  #portion: Finding[] = []

  constructor(check: RequestedCheck, begin: number) {
    this.#check = check
    this.#begin = begin
  }

  async add(findings: Finding[]) {
    for (const finding of findings) {
      this.#portion.push(finding)
      if (this.#portion.length >= PORTION) await this.flush()
    }
  }

  async flush() {
    const portion = this.#portion
    this.#portion = []
    await nextTurn()
    await noteFindings(this.#check.setOfBookId, this.#check.date, this.#begin, portion)
  }
}

const isBeingSent = ({ importState, importLease, createUnansweredAt }: DayOrder) =>
  importState === 'sending' || importLease !== null || createUnansweredAt !== null

function addSeen(here: Here, order: DayOrder) {
  const column = order.status === PAID ? 'stored' : isRefund(order) ? 'refunds' : undefined
  if (column) here.seen[column] = plus(here.seen[column], { orders: 1, amount: order.totalAmount })
}

/** Compares the stored orders of the day with goBox's list. */
async function compareHere(check: RequestedCheck, begin: number, gobox: DayAtGobox): Promise<Here> {
  const here: Here = { toLookUp: [], findings: [], seen: { stored: NOTHING, refunds: NOTHING }, waiting: [] }
  for await (const slice of readDayOrders(check.setOfBookId, check)) {
    const changes = await readChangesSince(
      slice.map(({ id }) => id),
      begin,
    )
    for (const order of slice) {
      const { transId, createdAt } = order
      const ours = gobox.storedAt.get(transId)
      const isNewer = (at: number | undefined) => at !== undefined && at > begin && at !== ours
      if (isBeingSent(order) || isNewer(createdAt) || isNewer(changes.get(order.id))) {
        here.waiting.push(transId)
        continue
      }
      addSeen(here, order)
      here.findings.push(...compareWithGobox(order, gobox.listed.get(transId), gobox.mentioned.has(transId)))
      if (isLookedUp(order)) here.toLookUp.push(order)
    }
  }
  return here
}

const NO_LOG_IN = () => new Refused('没有可用的 C8 登录，请重新登录后再对账', { code: 'check_needs_log_in' })

/** The C8 session that a queued import would use. Throws Refused if there is none, or if C8's look-up is broken. */
async function requireSession({ setOfBookId, sessionId }: RequestedCheck) {
  const session = await findC8Session({ setOfBookId, importSessionId: sessionId })
  if (!session) throw NO_LOG_IN()
  await requireLookup(setOfBookId)
  return session
}

async function askC8(
  check: RequestedCheck,
  here: Here,
  gobox: DayAtGobox,
  notes: Notes,
  signal: AbortSignal,
  progress: (at: StoredProgress) => void,
): Promise<string[]> {
  const { toLookUp } = here
  if (toLookUp.length === 0) {
    await noteStep(check, { c8: {} })
    return []
  }
  const total = toLookUp.length
  let done = 0
  progress({ step: 'c8', done, total })
  const session = await requireSession(check)
  try {
    const { sums, overtaken } = await readDayInC8(toLookUp, gobox.listed, session, signal, async (findings) => {
      progress({ step: 'c8', done: ++done, total })
      if (findings.length > 0) await notes.add(findings)
    })
    await noteStep(check, { c8: sums })
    return overtaken
  } catch (error) {
    throw error instanceof SessionEnded ? await judgeRefusal(session, error) : error
  }
}

/**
 * Checks a day (docs/api.md, Settlements): takes in again what goBox lists, compares it with what is stored, and that
 * with C8, which is only read. What is found is stored as it is found. Throws Refused, UpstreamBroken, UpstreamTimeout,
 * and the signal's reason.
 */
export async function checkDay(
  check: RequestedCheck,
  signal: AbortSignal,
  progress: (at: StoredProgress) => void,
): Promise<CompleteCheck> {
  const begin = Date.now()
  const notes = new Notes(check, begin)
  progress({ step: 'gobox', done: 0, total: 0 })
  const gobox = await readDayAtGobox(check, signal, (done) => progress({ step: 'gobox', done, total: done }))
  await noteStep(check, { gobox: gobox.sums, fetched: gobox.storedAt.size })
  const here = await compareHere(check, begin, gobox)
  let overtaken: string[]
  try {
    await notes.add([...gobox.refused, ...here.findings])
    await notes.flush()
    overtaken = await askC8(check, here, gobox, notes, signal, progress)
  } finally {
    await notes.flush()
  }
  signal.throwIfAborted()
  return { begin, seen: here.seen, waiting: [...here.waiting, ...overtaken] }
}
