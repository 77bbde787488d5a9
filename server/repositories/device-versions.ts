import { and, desc, eq, isNull, lte, or } from 'drizzle-orm'
import { devices } from '#drizzle/schema/devices'
import { deviceVersions } from '#drizzle/schema/booking'
import { useStorage, type Tx } from '../storage/engine.ts'

type DeviceRecord = typeof devices.$inferSelect
export type DeviceVersionRecord = typeof deviceVersions.$inferSelect

/**
 * Keeps a cabinet's configuration as the one that holds for orders of days from `effectiveFrom` on, `null`: of any day.
 */
export async function addDeviceVersion(
  tx: Tx,
  { id: deviceId, name, storeId, bankId, memberId, employeeId, billType }: DeviceRecord,
  effectiveFrom: string | null,
  user: string,
  at: number,
): Promise<void> {
  const version = { deviceId, effectiveFrom, name, storeId, bankId, memberId, employeeId, billType, user, at }
  await tx.insert(deviceVersions).values(version)
}

/** The configurations of a cabinet over time, newest first. */
export async function listDeviceVersions(deviceId: number): Promise<DeviceVersionRecord[]> {
  return useStorage()
    .db.select()
    .from(deviceVersions)
    .where(eq(deviceVersions.deviceId, deviceId))
    .orderBy(desc(deviceVersions.id))
}

/** The cabinet's configuration for orders of a day: the most recent version in effect on that day. */
export async function findDeviceForDay(
  setOfBookId: number,
  devId: number,
  date: string,
): Promise<DeviceRecord | undefined> {
  const holds = or(isNull(deviceVersions.effectiveFrom), lte(deviceVersions.effectiveFrom, date))
  const [row] = await useStorage()
    .db.select({ device: devices, version: deviceVersions })
    .from(devices)
    .leftJoin(deviceVersions, and(eq(deviceVersions.deviceId, devices.id), holds))
    .where(and(eq(devices.setOfBookId, setOfBookId), eq(devices.devId, devId)))
    .orderBy(desc(deviceVersions.id))
    .limit(1)
  if (!row?.version) return row?.device
  const { name, storeId, bankId, memberId, employeeId, billType } = row.version
  return { ...row.device, name, storeId, bankId, memberId, employeeId, billType }
}
