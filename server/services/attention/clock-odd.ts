import { DAY, formatTime } from '#shared/time'
import { readCabinetNames } from '../../repositories/cabinets.ts'
import { listOddClocks } from '../../repositories/odd-clocks.ts'
import { pageAt, type Evaluator } from './finding.ts'

/** A cabinet has sent a time more than a day ahead of the clock, within the last day. */
export const clockOdd: Evaluator = {
  kind: 'clock_odd',
  severity: 'warning',
  async find({ setOfBookId, now, zone }) {
    const clocks = await listOddClocks(setOfBookId, now - DAY)
    if (clocks.length === 0) return []
    const names = await readCabinetNames(setOfBookId)
    return clocks.map(({ devId, transId, updateTime, lastAt }) => ({
      key: String(devId),
      title: `货柜的时间不对：${names.get(devId) ?? devId}`,
      detail: `订单 ${transId} 的更新时间是 ${formatTime(updateTime, zone)}，请检查货柜的时钟`,
      since: lastAt,
      to: pageAt('/orders', { trans_id: transId }),
    }))
  },
}
