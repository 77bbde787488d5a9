import { setTimeout as sleep } from 'node:timers/promises'
import { DAY, formatTime, startOfDay } from '#shared/time'
import { noteDownload, type AutomationRecord } from '../repositories/automations.ts'
import { useConfig } from '../utils/config.ts'
import { DomainError } from '../utils/errors.ts'
import { downloadOrders } from './download-orders.ts'

const MINUTE = 60_000
/** goBox may list an order late: each run looks again at this much before its cursor. */
const OVERLAP = 30 * MINUTE
/** Younger orders may still change without a later update time. */
const YOUNGEST = 3 * MINUTE
/** One question covers at most a day, so that a long outage is caught up in small answers. */
const WINDOW = DAY
const REVIEWED_DAYS = 3
const REVIEW_HOUR = 3
/** Between two questions while catching up, so that goBox is not flooded. */
const PAUSE = 200

/** The name under which downloaded orders appear. */
const DOWNLOAD_USER = '自动下载'

/** Fetches everything from `start` to `end`, window by window; `done` hears after each how far everything is stored. */
async function fetchRange(
  setOfBookId: number,
  start: number,
  end: number,
  isStopping: () => boolean,
  done: (until: number) => Promise<void>,
) {
  for (let from = start; from < end && !isStopping(); from += WINDOW) {
    const until = Math.min(from + WINDOW, end)
    for (let page: number | null = 1; page !== null;) {
      if (isStopping()) return
      if (page > 1 || from > start) await sleep(PAUSE)
      page = (await downloadOrders(setOfBookId, { start_date: from, end_date: until, page }, DOWNLOAD_USER)).page
    }
    await done(until)
  }
}

/** Whether the last days are to be looked at again for late refunds: once a day, from 3 o'clock on. */
function reviewDue(automation: AutomationRecord, now: number): string | null {
  const { zone } = useConfig()
  const today = formatTime(now, zone).slice(0, 10)
  return now - startOfDay(now, zone) >= REVIEW_HOUR * 60 * MINUTE && automation.lastReviewDay !== today ? today : null
}

async function run(automation: AutomationRecord, now: number, isStopping: () => boolean) {
  const { setOfBookId } = automation
  const youngest = now - YOUNGEST
  // A cursor ahead of the clock comes from a clock that has since been set back.
  const cursor = Math.min(automation.downloadCursor, youngest)
  await fetchRange(setOfBookId, cursor - OVERLAP, youngest, isStopping, (until) =>
    noteDownload(setOfBookId, { downloadCursor: Math.max(cursor, until) }),
  )
  const day = reviewDue(automation, now)
  if (day === null || isStopping()) return
  const from = startOfDay(now, useConfig().zone) - REVIEWED_DAYS * DAY
  await fetchRange(setOfBookId, from, youngest, isStopping, async () => {})
  if (!isStopping()) await noteDownload(setOfBookId, { lastReviewDay: day })
}

/** Whether it is time for the next download; a last one in the future comes from a clock that has since been set back. */
export function isDownloadDue({ lastAttemptAt, downloadMinutes }: AutomationRecord, now: number): boolean {
  return lastAttemptAt === null || lastAttemptAt > now || now - lastAttemptAt >= downloadMinutes * MINUTE
}

/** Fetches what goBox has since the last time, with an overlap, and once a night the last days again. How it went is noted. */
export async function autoDownload(automation: AutomationRecord, isStopping: () => boolean): Promise<void> {
  const now = Date.now()
  let lastDownloadError: string | null = null
  try {
    await run(automation, now, isStopping)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    lastDownloadError = error.message
  } finally {
    await noteDownload(automation.setOfBookId, { lastAttemptAt: Date.now(), lastDownloadError })
  }
}
