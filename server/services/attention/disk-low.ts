import { freeDiskSpace } from '../../repositories/health.ts'
import { pageAt, type Evaluator } from './finding.ts'

const MIB = 1024 * 1024
const LOW = 1024 * MIB

/** The disk with the data is nearly full. */
export const diskLow: Evaluator = {
  kind: 'disk_low',
  severity: 'critical',
  isOfMachine: true,
  async find() {
    const free = await freeDiskSpace()
    if (free === null || free >= LOW) return []
    const detail = `数据所在的磁盘只剩 ${Math.floor(free / MIB)} MB，快满时将无法接收订单，请清理`
    return [{ title: '磁盘快满了', detail, to: pageAt('/settings', { tab: 'backups' }) }]
  },
}
