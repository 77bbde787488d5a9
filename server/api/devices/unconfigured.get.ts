import type { UnconfiguredDevice } from '#shared/devices'
import { fenToYuan } from '#shared/money'
import { formatTime } from '#shared/time'
import { findLastSeen, listUnconfiguredCabinets } from '../../repositories/cabinets.ts'
import { defineApi } from '../../utils/api.ts'
import { useConfig } from '../../utils/config.ts'

export default defineApi({
  permission: 'view',
  run: async ({ session }) => {
    const { zone } = useConfig()
    const cabinets = await listUnconfiguredCabinets(session.setOfBookId)
    const root = await Promise.all(
      cabinets.map(async (cabinet): Promise<UnconfiguredDevice> => ({
        dev_id: cabinet.devId,
        orders: cabinet.orders,
        amount: fenToYuan(cabinet.amount),
        last_seen: formatTime(await findLastSeen(session.setOfBookId, cabinet), zone),
      })),
    )
    return { total: root.length, root }
  },
})
