import { and, count, desc, eq, or, sql } from 'drizzle-orm'
import { devices } from '#drizzle/schema/devices'
import type { DeviceInput, DevicePatch } from '#shared/devices'
import { useStorage } from '../storage/engine.ts'
import { Conflict } from '../errors.ts'
import { addAudit, type Actor } from './audit.ts'
import { addDeviceVersion } from './device-versions.ts'

export type DeviceRecord = typeof devices.$inferSelect

function toColumns(input: Partial<DeviceInput>) {
  return {
    name: input.name,
    devId: input.dev_id,
    storeId: input.store_id,
    bankId: input.bank_id,
    memberId: input.member_id,
    employeeId: input.employee_id,
    billType: input.bill_type,
  }
}

function toFields({
  name,
  devId,
  storeId,
  bankId,
  memberId,
  employeeId,
  billType,
}: DeviceRecord): Record<string, unknown> {
  return {
    name,
    dev_id: devId,
    store_id: storeId,
    bank_id: bankId,
    member_id: memberId,
    employee_id: employeeId,
    bill_type: billType,
  }
}

/** The fields that differ, before and after. */
function changes(before: Record<string, unknown>, after: Record<string, unknown>) {
  const pick = (from: Record<string, unknown>) =>
    Object.fromEntries(
      Object.keys(after)
        .filter((key) => before[key] !== after[key])
        .map((key) => [key, from[key]]),
    )
  return { before: pick(before), after: pick(after) }
}

function refuseDuplicate(error: unknown, devId?: number): never {
  if (useStorage().isDuplicate(error))
    throw new Conflict(`设备id ${devId} 已经配置过，请直接修改那一条`, {
      code: 'device_exists',
      params: { field: 'dev_id', dev_id: devId! },
    })
  throw error
}

/** Creates a device. Throws Conflict if its `dev_id` is configured already. */
export async function createDevice(
  setOfBookId: number,
  input: DeviceInput,
  by: Actor,
  now: number,
): Promise<DeviceRecord> {
  const values = {
    ...(toColumns(input) as Required<ReturnType<typeof toColumns>>),
    setOfBookId,
    createdAt: now,
    createdUser: by.user,
  }
  return useStorage()
    .write(async (tx) => {
      const [device] = await tx
        .insert(devices)
        .values(values as typeof devices.$inferInsert)
        .returning()
      await addDeviceVersion(tx, device!, null, by.user, now)
      await addAudit(tx, by, 'device_created', { id: device!.id, name: device!.name, after: { ...input } })
      return device!
    })
    .catch((error) => refuseDuplicate(error, input.dev_id))
}

const own = (setOfBookId: number, id: number) => and(eq(devices.setOfBookId, setOfBookId), eq(devices.id, id))

/** One device of the account set. */
export async function getDevice(setOfBookId: number, id: number): Promise<DeviceRecord | undefined> {
  const [device] = await useStorage().db.select().from(devices).where(own(setOfBookId, id))
  return device
}

/** The configuration of the cabinet that goBox calls `devId`. */
export async function findDeviceByDevId(setOfBookId: number, devId: number): Promise<DeviceRecord | undefined> {
  const [device] = await useStorage()
    .db.select()
    .from(devices)
    .where(and(eq(devices.setOfBookId, setOfBookId), eq(devices.devId, devId)))
  return device
}

/**
 * A page of the devices whose name contains `name`, whatever its case, and whose name or number contains `q`, newest
 * first, and how many there are.
 */
export async function listDevices(
  setOfBookId: number,
  query: { name?: string; q?: string; start: number; limit: number },
): Promise<{ total: number; rows: DeviceRecord[] }> {
  const { db, dialect } = useStorage()
  const named = query.name === undefined ? undefined : dialect.contains(devices.name, query.name)
  const asked =
    query.q === undefined
      ? undefined
      : or(dialect.contains(devices.name, query.q), dialect.contains(sql`cast(${devices.devId} as text)`, query.q))
  const where = and(eq(devices.setOfBookId, setOfBookId), named, asked)
  const [counted] = await db.select({ total: count() }).from(devices).where(where)
  const page = db.select().from(devices).where(where).orderBy(desc(devices.id)).limit(query.limit).offset(query.start)
  return { total: counted!.total, rows: await page }
}

/** Changes the given fields. Throws Conflict if the new `dev_id` is configured already. */
export async function updateDevice(
  setOfBookId: number,
  id: number,
  { effective_from: effectiveFrom, ...input }: DevicePatch,
  by: Actor,
  now: number,
): Promise<DeviceRecord | undefined> {
  const { write, forUpdate } = useStorage()
  return write(async (tx) => {
    const [before] = await forUpdate(tx.select().from(devices).where(own(setOfBookId, id)))
    if (!before) return undefined
    const [after] = await tx
      .update(devices)
      .set({ ...toColumns(input), updatedAt: now, updatedUser: by.user })
      .where(own(setOfBookId, id))
      .returning()
    const { dev_id: _, ...configuration } = input
    if (effectiveFrom !== undefined || Object.keys(configuration).length > 0)
      await addDeviceVersion(tx, after!, effectiveFrom ?? null, by.user, now)
    const change = changes(toFields(before), toFields(after!))
    const since = effectiveFrom === undefined ? {} : { effective_from: effectiveFrom }
    await addAudit(tx, by, 'device_changed', {
      id,
      name: after!.name,
      before: change.before,
      after: { ...change.after, ...since },
    })
    return after
  }).catch((error) => refuseDuplicate(error, input.dev_id))
}

/** Deletes a device; its orders stay. Returns whether it was there. */
export async function deleteDevice(setOfBookId: number, id: number, by: Actor): Promise<boolean> {
  return useStorage().write(async (tx) => {
    const [device] = await tx.delete(devices).where(own(setOfBookId, id)).returning()
    if (device) await addAudit(tx, by, 'device_deleted', { id, name: device.name, before: toFields(device) })
    return device !== undefined
  })
}
