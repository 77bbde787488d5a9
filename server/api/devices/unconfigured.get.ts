import type { UnconfiguredDevice } from '#shared/devices'
import { fenToYuan } from '#shared/money'
import { formatTime } from '#shared/time'
import { listUnconfiguredCabinets } from '../../repositories/cabinets'
import { defineApi } from '../../utils/api'
import { useConfig } from '../../utils/config'

export default defineApi({
  permission: 'view',
  run: async ({ session }) => {
    const { zone } = useConfig()
    const root = (await listUnconfiguredCabinets(session.setOfBookId)).map(({ devId, orders, amount, lastSeen }): UnconfiguredDevice =>
      ({ dev_id: devId, orders, amount: fenToYuan(amount), last_seen: formatTime(lastSeen, zone) }))
    return { total: root.length, root }
  },
})
