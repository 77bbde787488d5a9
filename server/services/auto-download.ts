import { setTimeout as sleep } from 'node:timers/promises'
import type { Reason } from '#shared/error-codes'
import { DAY, formatTime, startOfDay } from '#shared/time'
import { noteDownload, type AutomationRecord } from '../repositories/automations.ts'
import { useConfig } from '../config.ts'
import { DomainError } from '../errors.ts'
import { downloadPage, type TakenPage } from './download-orders.ts'
import { isLongReviewDue, lookBackDays, LONG_REVIEW_DAYS } from './look-back.ts'
import { PagesEndless, walkPages } from './walk-pages.ts'

const MINUTE = 60_000
/** goBox may list an order late: each run looks again at this much before its cursor. */
const OVERLAP = 30 * MINUTE
/** Younger orders may still change without a later update time. */
const YOUNGEST = 3 * MINUTE
/** One question covers at most a day, so that a long outage is caught up in small answers. */
const WINDOW = DAY
const REVIEW_HOUR = 3
/** Between two questions while catching up, so that goBox is not flooded. */
const PAUSE = 200

/** The name under which downloaded orders appear. */
const DOWNLOAD_USER = '自动下载'

/** One run for an account set: failures that did not end it, reported at its end. */
class Run {
  readonly setOfBookId: number
  readonly isStopping: () => boolean
  #endless: Reason | undefined
  #refused = 0

  constructor(setOfBookId: number, isStopping: () => boolean) {
    this.setOfBookId = setOfBookId
    this.isStopping = isStopping
  }

  get failure(): Reason | null {
    if (this.#endless) return this.#endless
    if (this.#refused === 0) return null
    return {
      message: `有 ${this.#refused} 个订单不能保存，请到“设置 → 看不懂的消息”里处理`,
      code: 'download_refused',
      params: { count: this.#refused },
    }
  }

  /** Fetches one window. Endless pages are reported at the end of the run; the rest goes on. */
  async #fetchWindow(start: number, end: number, isFirst: boolean, note: (page: TakenPage) => void) {
    const read = async (page: number) => {
      if (page > 1 || !isFirst) await sleep(PAUSE)
      const query = { start_date: start, end_date: end, page }
      const taken = await downloadPage(this.setOfBookId, query, DOWNLOAD_USER)
      this.#refused += taken.download.refused.length
      note(taken)
      return taken
    }
    await walkPages(read, this.isStopping).catch((error: unknown) => {
      if (!(error instanceof PagesEndless)) throw error
      this.#endless ??= error
    })
  }

  /** Fetches everything from `start` to `end`; calls `done` with the stored-up-to time after each window. */
  async fetch(
    start: number,
    end: number,
    { done, note = () => {} }: { done?: (until: number) => Promise<void>; note?: (page: TakenPage) => void },
  ) {
    for (let from = start; from < end && !this.isStopping(); from += WINDOW) {
      const until = Math.min(from + WINDOW, end)
      await this.#fetchWindow(from, until, from === start, note)
      if (!this.isStopping()) await done?.(until)
    }
  }
}

/** The days to look at again: once a day, from 3 o'clock on, and further back once a week; `null`: not now. */
function dueReview(automation: AutomationRecord, now: number) {
  const { zone } = useConfig()
  const day = formatTime(now, zone).slice(0, 10)
  if (now - startOfDay(now, zone) < REVIEW_HOUR * 60 * MINUTE || automation.lastReviewDay === day) return null
  const isLong = isLongReviewDue(automation.lastLongReviewDay, day)
  const days = isLong ? LONG_REVIEW_DAYS : lookBackDays(automation.lateBy)
  return { day, isLong, from: startOfDay(now - days * DAY, zone) }
}

/**
 * Looks at the last days again, for late orders and late refunds. An order is late that was not there although its time
 * had been asked for before.
 */
async function review(run: Run, automation: AutomationRecord, coveredSince: number, now: number) {
  const due = dueReview(automation, now)
  if (due === null || run.isStopping()) return
  let { lateBy } = automation
  const note = ({ createdTimes }: TakenPage) => {
    for (const time of createdTimes) if (time >= coveredSince) lateBy = Math.max(lateBy, now - time)
  }
  await run.fetch(due.from, now - YOUNGEST, { note })
  if (run.isStopping()) return
  await noteDownload(run.setOfBookId, {
    lastReviewDay: due.day,
    // A week is reckoned from the first look back.
    ...(due.isLong || automation.lastLongReviewDay === null ? { lastLongReviewDay: due.day } : {}),
    lateBy,
    coveredSince: Math.min(coveredSince, due.from),
  })
}

async function download(run: Run, automation: AutomationRecord, now: number) {
  const youngest = now - YOUNGEST
  // A cursor in the future means that the clock has since been set back.
  const cursor = Math.min(automation.downloadCursor, youngest)
  const from = cursor - OVERLAP
  const coveredSince = Math.min(automation.coveredSince ?? from, from)
  await run.fetch(from, youngest, {
    done: (until) => noteDownload(run.setOfBookId, { downloadCursor: Math.max(cursor, until), coveredSince }),
  })
  await review(run, automation, coveredSince, now)
}

/**
 * Whether it is time for the next download; a last one in the future comes from a clock that has since been set back.
 */
export function isDownloadDue({ lastAttemptAt, downloadMinutes }: AutomationRecord, now: number): boolean {
  return lastAttemptAt === null || lastAttemptAt > now || now - lastAttemptAt >= downloadMinutes * MINUTE
}

/**
 * Fetches what goBox has since the last time, with an overlap, and once a night the last days again. How it went is
 * noted, whatever it was.
 */
export async function autoDownload(automation: AutomationRecord, isStopping: () => boolean): Promise<void> {
  const { setOfBookId } = automation
  const run = new Run(setOfBookId, isStopping)
  let failure: Reason | null = null
  try {
    await download(run, automation, Date.now())
    failure = run.failure
  } catch (error) {
    failure =
      error instanceof DomainError
        ? error
        : { message: '程序内部出错，请稍后再试；一直这样请把请求号告诉管理员', code: 'internal' }
    if (failure !== error) throw error
  } finally {
    await noteDownload(setOfBookId, { lastAttemptAt: Date.now(), error: failure })
  }
}
