import { and, asc, count, eq, gt, isNull, lte, or } from 'drizzle-orm'
import { alertChannels, alertDeliveries } from '#drizzle/schema/alerts'
import { setOfBooks } from '#drizzle/schema/account-sets'
import { useStorage, type Reader } from '../storage/engine.ts'
import { seal, unseal } from '../storage/seal.ts'
import { addAudit, type Actor } from './audit.ts'
import { endAttempt, giveUpAll, type AttemptEnd, type DeliveryRecord } from './alert-deliveries.ts'

type Row = typeof alertChannels.$inferSelect

/** A channel with its secrets decrypted. */
export type ChannelRecord = Omit<Row, 'urlSealed' | 'secretSealed'> & {
  setOfBook: string
  url: string
  secret: string | null
}

/** The fields of a channel that users edit. */
export type ChannelFields = Pick<
  ChannelRecord,
  'name' | 'type' | 'url' | 'secret' | 'keyword' | 'enabled' | 'minSeverity' | 'digestAt' | 'quietFrom' | 'quietTo'
> & { digestSince: number }

function open({ urlSealed, secretSealed, ...row }: Row, setOfBook: string): ChannelRecord {
  const { secretKey } = useStorage()
  return {
    ...row,
    setOfBook,
    url: unseal(urlSealed, setOfBook, secretKey),
    secret: secretSealed === null ? null : unseal(secretSealed, setOfBook, secretKey),
  }
}

const select = (db: Reader) =>
  db
    .select({ row: alertChannels, name: setOfBooks.setOfBook })
    .from(alertChannels)
    .innerJoin(setOfBooks, eq(alertChannels.setOfBookId, setOfBooks.id))

const own = (setOfBookId: number, id: number) =>
  and(eq(alertChannels.setOfBookId, setOfBookId), eq(alertChannels.id, id))

function toColumns({ url, secret, ...fields }: ChannelFields, setOfBook: string) {
  const { secretKey } = useStorage()
  return {
    ...fields,
    urlSealed: seal(url, setOfBook, secretKey),
    secretSealed: secret === null ? null : seal(secret, setOfBook, secretKey),
  }
}

/** What the audit log shows of a channel; of its secrets, only that they were replaced. */
function audited({ type, enabled, keyword, minSeverity, digestAt, quietFrom, quietTo }: ChannelFields) {
  const quiet = quietFrom === null ? null : `${quietFrom}–${quietTo}`
  return { type, enabled, keyword, min_severity: minSeverity, digest_at: digestAt, quiet }
}

/** A page of the account set's channels, oldest first. */
export async function listChannels(setOfBookId: number, { start, limit }: { start: number; limit: number }) {
  const { db } = useStorage()
  const where = eq(alertChannels.setOfBookId, setOfBookId)
  const [counted] = await db.select({ total: count() }).from(alertChannels).where(where)
  const rows = await select(db).where(where).orderBy(asc(alertChannels.id)).limit(limit).offset(start)
  return { total: counted!.total, rows: rows.map(({ row, name }) => open(row, name)) }
}

/** A channel of the account set. */
export async function getChannel(setOfBookId: number, id: number): Promise<ChannelRecord | undefined> {
  const [found] = await select(useStorage().db).where(own(setOfBookId, id))
  return found && open(found.row, found.name)
}

/** A channel of any account set, for sending. */
export async function findChannel(id: number): Promise<ChannelRecord | undefined> {
  const [found] = await select(useStorage().db).where(eq(alertChannels.id, id))
  return found && open(found.row, found.name)
}

/** The fields that decide whether and when a channel is alerted. */
export type Listener = Pick<
  Row,
  'id' | 'setOfBookId' | 'minSeverity' | 'quietFrom' | 'quietTo' | 'digestAt' | 'digestSince'
>

/** The enabled channels of an account set. */
export async function listListeners(setOfBookId: number): Promise<Listener[]> {
  const { id, minSeverity, quietFrom, quietTo, digestAt, digestSince } = alertChannels
  return await useStorage()
    .db.select({ id, setOfBookId: alertChannels.setOfBookId, minSeverity, quietFrom, quietTo, digestAt, digestSince })
    .from(alertChannels)
    .where(and(eq(alertChannels.setOfBookId, setOfBookId), eq(alertChannels.enabled, true)))
    .orderBy(asc(id))
}

/** Adds a channel. */
export async function createChannel(
  fields: ChannelFields,
  set: { id: number; name: string },
  by: Actor,
  now: number,
): Promise<ChannelRecord> {
  const row = await useStorage().write(async (tx) => {
    const values = { ...toColumns(fields, set.name), setOfBookId: set.id, createdAt: now }
    const [added] = await tx.insert(alertChannels).values(values).returning()
    await addAudit(tx, by, 'alert_channel_created', { id: added!.id, name: fields.name, after: audited(fields) })
    return added!
  })
  return open(row, set.name)
}

/** Replaces a channel's fields; `undefined` if it no longer exists. */
export async function updateChannel(
  before: ChannelRecord,
  fields: ChannelFields,
  by: Actor,
): Promise<ChannelRecord | undefined> {
  const replaced = '已更换'
  const secrets = {
    ...(fields.url !== before.url && { url: replaced }),
    ...(fields.secret !== before.secret && { secret: fields.secret === null ? null : replaced }),
  }
  const row = await useStorage().write(async (tx) => {
    const [changed] = await tx
      .update(alertChannels)
      .set(toColumns(fields, before.setOfBook))
      .where(eq(alertChannels.id, before.id))
      .returning()
    if (!changed) return undefined
    await addAudit(tx, by, 'alert_channel_changed', {
      id: before.id,
      name: fields.name,
      before: { name: before.name, ...audited(before) },
      after: { name: fields.name, ...audited(fields), ...secrets },
    })
    return changed
  })
  return row && open(row, before.setOfBook)
}

/** Deletes a channel and abandons its pending messages. Returns whether it existed. */
export async function deleteChannel(setOfBookId: number, id: number, by: Actor, now: number): Promise<boolean> {
  return useStorage().write(async (tx) => {
    const [removed] = await tx.delete(alertChannels).where(own(setOfBookId, id)).returning({ name: alertChannels.name })
    if (!removed) return false
    await giveUpAll(tx, id, '通知渠道已删除', now)
    await addAudit(tx, by, 'alert_channel_deleted', { id, name: removed.name })
    return true
  })
}

/** Claims a channel for sending until the given time; `false` while another node holds it. */
export async function leaseChannel(id: number, until: number, now: number): Promise<boolean> {
  const { leaseUntil } = alertChannels
  // A claim that ends later than any can was made before the clock was set back.
  const isFree = or(isNull(leaseUntil), lte(leaseUntil, now), gt(leaseUntil, until))
  const taken = await useStorage().write((tx) =>
    tx
      .update(alertChannels)
      .set({ leaseUntil: until })
      .where(and(eq(alertChannels.id, id), isFree))
      .returning({ id: alertChannels.id }),
  )
  return taken.length > 0
}

/** Releases a channel. */
export async function releaseChannel(id: number): Promise<void> {
  await useStorage().write((tx) => tx.update(alertChannels).set({ leaseUntil: null }).where(eq(alertChannels.id, id)))
}

/** Records the outcome of an attempt in the message and its channel. */
export async function endSending(id: number, deliveryId: number, change: AttemptEnd, now: number): Promise<void> {
  const channelChange = change.sentAt === undefined ? { lastError: change.error } : { lastSentAt: now, lastError: null }
  await useStorage().write(async (tx) => {
    await endAttempt(tx, deliveryId, change)
    await tx.update(alertChannels).set(channelChange).where(eq(alertChannels.id, id))
  })
}

/** Records a test message, which bypasses the queue, and its outcome in the channel. */
export async function recordTest(
  { id, setOfBookId }: ChannelRecord,
  { error, ...test }: Pick<DeliveryRecord, 'type' | 'message' | 'messageId' | 'error'>,
  begin: number,
  now: number,
): Promise<void> {
  const end = error === null ? { sentAt: now } : { givenUpAt: now }
  const ended = { ...test, ...end, error, setOfBookId, channelId: id, severity: 'warning' as const, attempts: 1 }
  await useStorage().write(async (tx) => {
    await tx.insert(alertDeliveries).values({ ...ended, createdAt: begin, dueAt: begin })
    const change = error === null ? { lastSentAt: now, lastError: null } : { lastError: error }
    await tx.update(alertChannels).set(change).where(eq(alertChannels.id, id))
  })
}
