import type { Device } from '#shared/devices'
import { formatTime } from '#shared/time'
import type { DeviceRecord } from '../repositories/devices.ts'
import { useConfig } from '../utils/config.ts'

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
