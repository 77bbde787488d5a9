import { PAID } from '#shared/order-status'
import { listUnimportedCabinets } from '../../repositories/attention-facts.ts'
import { pageAt, type Evaluator } from './finding.ts'

/** A cabinet sells, but nothing says how to book it. */
export const cabinetUnconfigured: Evaluator = {
  kind: 'cabinet_unconfigured',
  severity: 'warning',
  async find({ setOfBookId }) {
    const cabinets = await listUnimportedCabinets(setOfBookId)
    return cabinets.map(({ devId, orders, amount }) => ({
      key: String(devId),
      title: `货柜未配置：${devId}`,
      detail: '它的订单不能导入，请先配置货柜',
      count: orders,
      amount,
      to: pageAt('/orders', { dev_id: devId, status: PAID, is_imported: 0 }),
    }))
  },
}
