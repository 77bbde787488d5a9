import { and, count, desc, eq, sql } from 'drizzle-orm'
import { devices } from '#drizzle/schema'
import type { DeviceInput } from '#shared/devices'
import { useStorage } from '../db/client.ts'
import { Conflict } from '../utils/errors.ts'
import { addAudit, type Actor } from './audit.ts'

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
  if ((error as { code?: string }).code === 'SQLITE_CONSTRAINT_UNIQUE')
    throw new Conflict(`货柜编号 ${devId} 已经配置过，请直接修改那一条`)
  throw error
}

/** Creates a device. Throws Conflict if its `dev_id` is configured already. */
export async function createDevice(
  setOfBookId: number,
  input: DeviceInput,
  by: Actor,
  now: number,
): Promise<DeviceRecord> {
  const { db, write } = useStorage()
  const values = {
    ...(toColumns(input) as Required<ReturnType<typeof toColumns>>),
    setOfBookId,
    createdAt: now,
    createdUser: by.user,
  }
  return write(() => {
    const device = db
      .insert(devices)
      .values(values as typeof devices.$inferInsert)
      .returning()
      .get()
    addAudit(by, 'device_created', { id: device.id, name: device.name, after: { ...input } })
    return device
  }).catch((error) => refuseDuplicate(error, input.dev_id))
}

const own = (setOfBookId: number, id: number) => and(eq(devices.setOfBookId, setOfBookId), eq(devices.id, id))

/** One device of the account set. */
export async function getDevice(setOfBookId: number, id: number): Promise<DeviceRecord | undefined> {
  return useStorage().db.select().from(devices).where(own(setOfBookId, id)).get()
}

/** The configuration of the cabinet that goBox calls `devId`. */
export async function findDeviceByDevId(setOfBookId: number, devId: number): Promise<DeviceRecord | undefined> {
  return useStorage()
    .db.select()
    .from(devices)
    .where(and(eq(devices.setOfBookId, setOfBookId), eq(devices.devId, devId)))
    .get()
}

/** A page of the devices whose name contains `name`, whatever its case, newest first, and how many there are. */
export async function listDevices(
  setOfBookId: number,
  query: { name?: string; start: number; limit: number },
): Promise<{ total: number; rows: DeviceRecord[] }> {
  const { db } = useStorage()
  // instr, not LIKE: % and _ are plain characters here.
  const named =
    query.name === undefined ? undefined : sql`instr(casefold(${devices.name}), casefold(${query.name})) > 0`
  const where = and(eq(devices.setOfBookId, setOfBookId), named)
  return {
    total: db.select({ total: count() }).from(devices).where(where).get()!.total,
    rows: db.select().from(devices).where(where).orderBy(desc(devices.id)).limit(query.limit).offset(query.start).all(),
  }
}

/** Changes the given fields. Throws Conflict if the new `dev_id` is configured already. */
export async function updateDevice(
  setOfBookId: number,
  id: number,
  input: Partial<DeviceInput>,
  by: Actor,
  now: number,
): Promise<DeviceRecord | undefined> {
  const { db, write } = useStorage()
  return write(() => {
    const before = db.select().from(devices).where(own(setOfBookId, id)).get()
    const after =
      before &&
      db
        .update(devices)
        .set({ ...toColumns(input), updatedAt: now, updatedUser: by.user })
        .where(own(setOfBookId, id))
        .returning()
        .get()
    if (after) addAudit(by, 'device_changed', { id, name: after.name, ...changes(toFields(before), toFields(after)) })
    return after
  }).catch((error) => refuseDuplicate(error, input.dev_id))
}

/** Deletes a device; its orders stay. Returns whether it was there. */
export async function deleteDevice(setOfBookId: number, id: number, by: Actor): Promise<boolean> {
  const { db, write } = useStorage()
  return write(() => {
    const device = db.delete(devices).where(own(setOfBookId, id)).returning().get()
    if (device) addAudit(by, 'device_deleted', { id, name: device.name, before: toFields(device) })
    return device !== undefined
  })
}
