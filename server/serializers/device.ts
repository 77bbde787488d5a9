import type { Device, DeviceVersion } from '#shared/devices'
import { formatTime } from '#shared/time'
import type { DeviceVersionRecord } from '../repositories/device-versions.ts'
import type { DeviceRecord } from '../repositories/devices.ts'
import { useConfig } from '../config.ts'

/** A device as the contract shows it. */
export function presentDevice(device: DeviceRecord, setOfBook: string): Device {
  const { zone } = useConfig()
  return {
    id: device.id,
    set_of_book: setOfBook,
    name: device.name,
    dev_id: device.devId,
    store_id: device.storeId,
    bank_id: device.bankId,
    member_id: device.memberId,
    employee_id: device.employeeId,
    bill_type: device.billType,
    created_at: formatTime(device.createdAt, zone),
    created_user: device.createdUser,
    updated_at: device.updatedAt === null ? null : formatTime(device.updatedAt, zone),
    updated_user: device.updatedUser,
  }
}

/** A configuration that a cabinet has had. */
export function presentVersion(version: DeviceVersionRecord): DeviceVersion {
  return {
    effective_from: version.effectiveFrom,
    name: version.name,
    store_id: version.storeId,
    bank_id: version.bankId,
    member_id: version.memberId,
    employee_id: version.employeeId,
    bill_type: version.billType,
    user: version.user,
    at: formatTime(version.at, useConfig().zone),
  }
}
