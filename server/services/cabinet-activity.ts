import type { DeviceActivity } from '#shared/devices'
import { fenToYuan } from '#shared/money'
import { readOrderTimes } from '../repositories/cabinet-times.ts'
import { countFailures, readBestSellers } from '../repositories/device-activity.ts'
import type { DeviceRecord } from '../repositories/devices.ts'
import { useConfig } from '../config.ts'
import { countByHour, WINDOW } from './silence.ts'

/** The week of `countByHour` begins with the epoch, a Thursday; people's begins on Monday. */
const FROM_THURSDAY = 4 * 24

/** What a cabinet has sold in the last four weeks, when, and what did not get into C8. */
export async function showActivity({ setOfBookId, devId }: DeviceRecord, now: number): Promise<DeviceActivity> {
  const stretch = { from: now - WINDOW + 1, to: now }
  const times: number[] = []
  for await (const slice of readOrderTimes(setOfBookId, stretch))
    for (const [cabinet, at] of slice) if (Number(cabinet) === devId) times.push(Number(at))
  const hours = countByHour(times, useConfig().zone)
  const goods = await readBestSellers(setOfBookId, devId, stretch)
  return {
    hours: [...hours.slice(FROM_THURSDAY), ...hours.slice(0, FROM_THURSDAY)],
    best_sellers: goods.map(({ amount, ...sold }) => ({ ...sold, amount: fenToYuan(amount) })),
    failed: await countFailures(setOfBookId, devId),
  }
}
