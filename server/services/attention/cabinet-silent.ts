import { formatTime } from '#shared/time'
import { readCabinetNames } from '../../repositories/cabinets.ts'
import { keptSales } from '../expected-sales.ts'
import { isSilent, missedSales } from '../silence.ts'
import { pageAt, type Evaluator } from './finding.ts'

/** A cabinet sells nothing, although it was to be expected. */
export const cabinetSilent: Evaluator = {
  kind: 'cabinet_silent',
  severity: 'warning',
  async find({ setOfBookId, now, zone }) {
    const { cabinets } = await keptSales(setOfBookId, now, zone)
    const silent = [...cabinets]
      .map(([devId, profile]) => ({ devId, profile, missed: missedSales(profile, now, zone) }))
      .filter(({ profile, missed }) => isSilent(profile, missed, now))
    if (silent.length === 0) return []
    const names = await readCabinetNames(setOfBookId)
    return silent.map(({ devId, profile: { lastAt }, missed }) => ({
      key: String(devId),
      title: `货柜没有销售：${names.get(devId) ?? devId}`,
      detail: `${formatTime(lastAt, zone)} 以后没有订单，按平时应有约 ${Math.floor(missed)} 单`,
      since: lastAt,
      to: pageAt('/orders', { dev_id: devId }),
    }))
  },
}
