import type { AutomationInput } from '#shared/automation'
import { DAY, startOfDay } from '#shared/time'
import type { Actor } from '../repositories/audit.ts'
import {
  enqueuePaidOrders,
  getAutomation,
  listAutomations,
  saveAutomation,
  type AutomationRecord,
} from '../repositories/automations.ts'
import type { SessionRecord } from '../repositories/sessions.ts'
import { hasDuty } from '../cluster/membership.ts'
import { useConfig } from '../config.ts'
import { log } from '../log/log.ts'
import { autoDownload, isDownloadDue } from './auto-download.ts'
import { wakeImportQueue } from './import-queue.ts'
import { askForDueChecks } from './settlement-checks.ts'
import { saveWebhookActivity } from './webhook-activity.ts'

const MINUTE = 60_000
const TICK = 5000
/** Minutes that a download leaves out at its end, and may take itself. */
const SETTLING = 10

const downloading = new Map<number, Promise<void>>()
let timer: NodeJS.Timeout | undefined
let ticking: Promise<void> | undefined
let stopping = false

function startDownload(automation: AutomationRecord) {
  const id = automation.setOfBookId
  if (downloading.has(id) || !isDownloadDue(automation, Date.now())) return
  downloading.set(
    id,
    autoDownload(automation, () => stopping)
      .catch((error) => log.error({ err: error, set: id }, 'auto download'))
      .finally(() => downloading.delete(id)),
  )
}

/** Whether the last download is complete: only then is a day worth checking. */
function hasCaughtUp({ setOfBookId, downloadCursor, downloadMinutes, lastDownloadError }: AutomationRecord): boolean {
  const age = Date.now() - downloadCursor
  return !downloading.has(setOfBookId) && lastDownloadError === null && age < (downloadMinutes + SETTLING) * MINUTE
}

async function queueImports({ setOfBookId, importSince, importDelayMinutes }: AutomationRecord) {
  const now = Date.now()
  const queued = await enqueuePaidOrders(setOfBookId, importSince, now - importDelayMinutes * MINUTE, now)
  if (queued > 0) wakeImportQueue()
}

async function tick() {
  await saveWebhookActivity()
  if (!hasDuty('automation')) return
  for (const automation of await listAutomations()) {
    if (stopping) return
    if (automation.downloads) {
      if (hasCaughtUp(automation)) await askForDueChecks(automation, Date.now())
      startDownload(automation)
    }
    if (automation.imports) await queueImports(automation)
  }
}

function runTick() {
  ticking ??= tick()
    .catch((error) => log.error({ err: error }, 'automation'))
    .finally(() => {
      ticking = undefined
    })
}

/** Starts the automation. */
export function startAutomation() {
  timer = setInterval(runTick, TICK)
  runTick()
}

/** Starts nothing more; resolves when the running work has reached a safe point. */
export async function stopAutomation() {
  stopping = true
  clearInterval(timer)
  await ticking
  await Promise.all(downloading.values())
  await saveWebhookActivity()
}

/**
 * Switches on and off what runs by itself, on behalf of the user, whose C8 token is stored for it while anything is on.
 */
export async function switchAutomation(session: SessionRecord, input: AutomationInput, by: Actor): Promise<void> {
  const now = Date.now()
  const { zone } = useConfig()
  const current = await getAutomation(session.setOfBookId)
  await saveAutomation(
    session,
    {
      downloads: input.downloads,
      downloadMinutes: input.download_minutes,
      imports: input.imports,
      importDelayMinutes: input.import_delay_minutes,
      closeDays: input.close_days ?? current?.closeDays ?? false,
      importSince: input.import_since ?? (current?.imports ? current.importSince : startOfDay(now, zone)),
    },
    now - DAY,
    by,
  )
  runTick()
}
