import { isAtLeast, SEVERITIES, type AttentionItem, type Severity } from '#shared/attention'
import { fenToYuan } from '#shared/money'
import { formatTime } from '#shared/time'
import { readStanding, type Standing } from '../../repositories/attention-facts.ts'
import { listItems, saveItems, type ItemChange, type ItemRecord, type NewItem } from '../../repositories/attention.ts'
import { useConfig } from '../../config.ts'
import { log } from '../../log/log.ts'
import { nextTurn } from '../../turns.ts'
import { EVALUATORS } from './evaluators.ts'
import type { Evaluator, Finding, Judged } from './finding.ts'

/** An item as it is kept between two evaluations. */
export interface KeptItem {
  record: ItemRecord
  item: AttentionItem
  since: number
  isSnoozed: boolean
  isOfMachine: boolean
}

/** What needs a person in an account set, gravest and oldest first, and what no longer does. */
export interface AttentionList {
  at: number
  name: string
  items: KeptItem[]
  gone: ItemRecord[]
}

interface Found {
  evaluator: Evaluator
  finding: Finding
}

const nameOf = (kind: string, key = '') => `${kind} ${key}`

/** The evaluators' findings. A kind whose evaluator fails is left out, so that its items do not count as resolved. */
async function findAll(judged: Judged): Promise<{ found: Found[]; unknown: Set<string> }> {
  const found: Found[] = []
  const unknown = new Set<string>()
  for (const evaluator of EVALUATORS) {
    await nextTurn()
    try {
      for (const finding of await evaluator.find(judged)) found.push({ evaluator, finding })
    } catch (error) {
      log.error({ err: error, set: judged.setOfBookId, kind: evaluator.kind }, 'attention')
      unknown.add(evaluator.kind)
    }
  }
  return { found, unknown }
}

function severityOf({ severity, graverAfter }: Evaluator, since: number, now: number): Severity {
  return graverAfter !== undefined && now - since >= graverAfter ? 'critical' : severity
}

function show({ evaluator, finding }: Found, severity: Severity, since: number, zone: string): AttentionItem {
  return {
    kind: evaluator.kind,
    key: finding.key ?? '',
    severity,
    title: finding.title,
    detail: finding.detail,
    detail_code: finding.code ?? null,
    detail_params: finding.params ?? null,
    count: finding.count ?? null,
    amount: finding.amount === undefined ? null : fenToYuan(finding.amount),
    since: formatTime(since, zone),
    to: finding.to,
    snoozed_until: null,
    snoozed_user: null,
  }
}

/** A snooze ends by its time, or when the item has grown graver. */
function isSnoozed({ snoozedUntil, snoozedSeverity }: ItemRecord, severity: Severity, now: number): boolean {
  return snoozedUntil !== null && snoozedUntil > now && isAtLeast(snoozedSeverity ?? severity, severity)
}

/** The writes that bring the rows in line with the findings. */
function compare(rows: ItemRecord[], found: Found[], unknown: Set<string>, { setOfBookId, now, zone }: Judged) {
  const known = new Map(rows.map((row) => [nameOf(row.kind, row.key), row]))
  const added: NewItem[] = []
  const changed: ItemChange[] = []
  for (const one of found) {
    const { kind } = one.evaluator
    const key = one.finding.key ?? ''
    const row = known.get(nameOf(kind, key))
    known.delete(nameOf(kind, key))
    const since = one.finding.since ?? row?.since ?? now
    const severity = severityOf(one.evaluator, since, now)
    const shown = show(one, severity, since, zone)
    if (!row) added.push({ setOfBookId, kind, key, severity, shown, since, openedAt: now })
    else if (row.goneAt !== null || row.severity !== severity || row.openedAt > now)
      changed.push({ id: row.id, severity, shown, goneAt: null, openedAt: Math.min(row.openedAt, now) })
  }
  // A time in the future means that the clock has since been set back.
  const gone = [...known.values()].filter(({ kind, goneAt }) => !unknown.has(kind) && (goneAt === null || goneAt > now))
  return { added, changed, gone: gone.map(({ id }) => id) }
}

function keep({ evaluator, finding }: Found, record: ItemRecord, { now, zone }: Judged): KeptItem {
  const since = finding.since ?? record.since
  const item = show({ evaluator, finding }, record.severity, since, zone)
  const snoozed = isSnoozed(record, record.severity, now)
  if (snoozed) {
    item.snoozed_until = formatTime(record.snoozedUntil!, zone)
    item.snoozed_user = record.snoozedUser
  }
  return { record, item, since, isSnoozed: snoozed, isOfMachine: evaluator.isOfMachine ?? false }
}

const grave = ({ record }: KeptItem) => SEVERITIES.indexOf(record.severity)

const byGravity = (one: KeptItem, other: KeptItem) =>
  grave(one) - grave(other) ||
  one.since - other.since ||
  nameOf(one.item.kind, one.item.key).localeCompare(nameOf(other.item.kind, other.item.key))

async function evaluate(setOfBookId: number, standing: Standing, now: number): Promise<AttentionList> {
  const judged: Judged = { setOfBookId, standing, now, zone: useConfig().zone }
  const { found, unknown } = await findAll(judged)
  const before = await listItems(setOfBookId)
  const { added, changed, gone } = compare(before, found, unknown, judged)
  const isSame = added.length + changed.length + gone.length === 0
  if (!isSame) await saveItems(added, changed, gone, now)
  const rows = isSame ? before : await listItems(setOfBookId)
  const records = new Map(rows.map((row) => [nameOf(row.kind, row.key), row]))
  const items = found.flatMap((one) => {
    const record = records.get(nameOf(one.evaluator.kind, one.finding.key))
    return record ? [keep(one, record, judged)] : []
  })
  const over = rows.filter(({ kind, goneAt }) => goneAt !== null && !unknown.has(kind))
  return { at: now, name: standing.name, items: items.sort(byGravity), gone: over }
}

const lists = new Map<number, AttentionList>()
const underWay = new Map<number, Promise<AttentionList | undefined>>()

async function evaluateAnew(setOfBookId: number, now: number): Promise<AttentionList | undefined> {
  const standing = await readStanding(setOfBookId)
  if (!standing) return undefined
  const list = await evaluate(setOfBookId, standing, now)
  lists.set(setOfBookId, list)
  return list
}

/** Evaluates an account set; concurrent callers share the result. */
export function refreshAttention(setOfBookId: number, now: number): Promise<AttentionList | undefined> {
  let running = underWay.get(setOfBookId)
  if (!running) {
    running = evaluateAnew(setOfBookId, now).finally(() => underWay.delete(setOfBookId))
    underWay.set(setOfBookId, running)
  }
  return running
}

/** Milliseconds for which a list is cached. */
const KEPT = 5000

/** What needs a person in an account set, as it was at most 5 s ago. */
export async function readAttention(setOfBookId: number, now: number): Promise<KeptItem[]> {
  const known = lists.get(setOfBookId)
  const isFresh = known !== undefined && known.at <= now && now - known.at < KEPT
  return (isFresh ? known : await refreshAttention(setOfBookId, now))?.items ?? []
}

/** Applies a snooze to the cached list too. */
export function noteSnooze(kept: KeptItem, until: number | null, user: string) {
  const { record, item } = kept
  Object.assign(record, { snoozedUntil: until, snoozedUser: user, snoozedSeverity: record.severity })
  kept.isSnoozed = until !== null
  item.snoozed_until = until === null ? null : formatTime(until, useConfig().zone)
  item.snoozed_user = until === null ? null : user
}
