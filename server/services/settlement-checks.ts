import type { StoredProgress } from '#shared/settlements'
import { addDays, boundsOfDate, dateOfTime } from '#shared/dates'
import { parseTime } from '#shared/time'
import type { Actor } from '../repositories/audit.ts'
import { getAutomation, type AutomationRecord } from '../repositories/automations.ts'
import { leavePlaces, listLookupPlaces } from '../repositories/import-places.ts'
import { mayHaveOthers } from '../repositories/nodes.ts'
import { getSetOfBook } from '../repositories/set-of-books.ts'
import {
  cancelCheck,
  findDay,
  listRequestedChecks,
  noteFailedCheck,
  requestCheck,
  type RequestedCheck,
} from '../repositories/settlement-days.ts'
import { completeCheck } from '../repositories/settlement-closings.ts'
import type { Day } from '../repositories/settlement-figures.ts'
import type { SessionRecord } from '../repositories/sessions.ts'
import { hasDuty } from '../cluster/membership.ts'
import { useConfig } from '../config.ts'
import { Conflict, DomainError, Refused } from '../errors.ts'
import { log } from '../log/log.ts'
import { checkDay } from './check-day.ts'
import { credentialsMissing } from './gobox-access.ts'
import { share } from './share-check.ts'

/** The user recorded for days that are checked and closed automatically. */
const AUTO_USER = '自动'
const POLL = 2000
const HOUR = 3_600_000
/** Yesterday and the two days before. */
const AUTO_DAYS = 3

interface Running {
  check: RequestedCheck
  controller: AbortController
  progress: StoredProgress
  done: Promise<void>
}

/** The check that runs for each account set. */
const running = new Map<number, Running>()
let timer: NodeJS.Timeout | undefined
let starting: Promise<void> | undefined
let again = false
let stopping = false

/** The day with its bounds in the shop's zone. */
export function dayOfDate(date: string): Day {
  return { date, ...boundsOfDate(date, useConfig().zone) }
}

/** The user to close the day after a clean check, if the account set closes days automatically. */
async function closerOf({ setOfBookId }: RequestedCheck): Promise<Actor | undefined> {
  const automation = await getAutomation(setOfBookId)
  return automation?.closeDays ? { setOfBookId, user: AUTO_USER, address: '' } : undefined
}

async function run(check: RequestedCheck, signal: AbortSignal, progress: (at: StoredProgress) => void) {
  try {
    const result = await checkDay(check, signal, progress)
    await completeCheck(check, result, await closerOf(check), Date.now())
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof DomainError))
      log.error({ err: error, set: check.setOfBookId, date: check.date }, 'day check')
    const reason =
      error instanceof DomainError ? error : ({ message: '程序内部出错，请查看日志', code: 'check_broken' } as const)
    await noteFailedCheck(check, reason, Date.now())
  }
}

function start(check: RequestedCheck) {
  const controller = new AbortController()
  const one: Running = { check, controller, progress: { step: 'gobox', done: 0, total: 0 }, done: Promise.resolve() }
  running.set(check.setOfBookId, one)
  const shared = share(
    check,
    () => one.progress,
    () => controller.abort(),
  )
  const hear = (progress: StoredProgress) => {
    const isNext = progress.step !== one.progress.step
    one.progress = progress
    if (isNext) shared.tell()
  }
  one.done = run(check, controller.signal, hear)
    .finally(shared.end)
    .catch((error: unknown) => log.error({ err: error }, 'day check'))
    .finally(() => {
      running.delete(check.setOfBookId)
      wakeChecks()
    })
}

/** Gives the places back that a node held which is gone. */
async function leaveLostPlaces() {
  for (const day of await listLookupPlaces())
    if (running.get(day.setOfBookId)?.check.date !== day.date) await leavePlaces(day)
}

/** Starts the check of each account set that was asked for first, where none runs. */
async function startRequested() {
  do {
    again = false
    if (!hasDuty('day_checks')) return
    if (mayHaveOthers()) await leaveLostPlaces()
    for (const check of await listRequestedChecks()) if (!stopping && !running.has(check.setOfBookId)) start(check)
  } while (again && !stopping)
}

/** Looks for checks that are asked for now instead of at the next poll. */
function wakeChecks() {
  if (stopping || !timer) return
  again = true
  starting ??= startRequested()
    .catch((error: unknown) => log.error({ err: error }, 'day checks'))
    .finally(() => (starting = undefined))
}

/** Takes up the checks that an earlier process left, from their beginning, and those that are asked for. */
export function startChecks() {
  timer = setInterval(wakeChecks, POLL)
  wakeChecks()
}

/** Aborts the running check; it restarts at the next start. */
export async function stopChecks() {
  stopping = true
  clearInterval(timer)
  await starting
  for (const { controller } of running.values()) controller.abort()
  await Promise.all([...running.values()].map(({ done }) => done))
}

/** How far the check of a day has come, `null` where none runs. */
export function progressOf(setOfBookId: number, date: string): StoredProgress | null {
  const one = running.get(setOfBookId)
  return one?.check.date === date ? one.progress : null
}

/** Requests a check of a day. Throws Refused, and Conflict if it is closed or being checked. */
export async function askForCheck(session: SessionRecord, date: string): Promise<void> {
  const { setOfBookId, userName, id } = session
  const day = dayOfDate(date)
  const now = Date.now()
  if (day.from > now) throw new Refused(`${date} 还没有开始，不能对账`, { code: 'day_not_begun', params: { date } })
  const set = await getSetOfBook(setOfBookId)
  if (!set?.appKey || !set.userName) throw credentialsMissing()
  await requestCheck(setOfBookId, day, { user: userName, sessionId: id }, now)
  wakeChecks()
}

/** Cancels a check. Throws Conflict if there is none. */
export async function breakOffCheck(setOfBookId: number, date: string): Promise<void> {
  if (!(await cancelCheck(setOfBookId, date, Date.now())))
    throw new Conflict(`${date} 没有正在进行的对账`, { code: 'check_not_running', params: { date } })
  const one = running.get(setOfBookId)
  if (one?.check.date === date) one.controller.abort()
}

/** Whether a day is to be checked by itself now: once after `since`, hourly while that fails or is stopped. */
async function isDue(setOfBookId: number, date: string, since: number, now: number): Promise<boolean> {
  const day = await findDay(setOfBookId, date)
  if (!day) return true
  if (day.closedAt !== null || day.requestedAt !== null) return false
  if (day.checkedAt !== null && day.checkedAt >= since && day.checkedAt <= now) return false
  return day.failedAt === null || day.failedAt < since || day.failedAt > now || now - day.failedAt >= HOUR
}

/** Asks for the checks of the last days that are due, from 4 o'clock on. */
export async function askForDueChecks({ setOfBookId }: AutomationRecord, now: number): Promise<void> {
  const { zone } = useConfig()
  const today = dateOfTime(now, zone)
  const since = parseTime(`${today} 04:00:00`, zone)!
  if (now < since) return
  for (let back = 1; back <= AUTO_DAYS; back++) {
    const date = addDays(today, -back)
    if (!(await isDue(setOfBookId, date, since, now))) continue
    await requestCheck(setOfBookId, dayOfDate(date), { user: AUTO_USER, sessionId: null }, now)
    wakeChecks()
  }
}
