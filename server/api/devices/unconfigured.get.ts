import { unconfiguredDevicesAnswer } from '#shared/devices'
import type { UnconfiguredDevice } from '#shared/devices'
import { fenToYuan } from '#shared/money'
import { formatTime } from '#shared/time'
import { findLastSeen, listUnconfiguredCabinets, type UnconfiguredCabinet } from '../../repositories/cabinets.ts'
import { presentSilence, readQuietCabinets, type QuietCabinet } from '../../services/cabinet-silence.ts'
import { defineApi } from '../../http/define-api.ts'
import { useConfig } from '../../config.ts'
import { nextTurn } from '../../turns.ts'

const SLICE = 50

async function* present(
  setOfBookId: number,
  cabinets: UnconfiguredCabinet[],
  quiet: Map<number, QuietCabinet>,
  client: AbortSignal,
): AsyncGenerator<UnconfiguredDevice[]> {
  const { zone } = useConfig()
  for (let start = 0; start < cabinets.length; start += SLICE) {
    await nextTurn(client)
    const slice = await Promise.all(
      cabinets
        .slice(start, start + SLICE)
        .map(async (cabinet) => ({ cabinet, lastSeen: await findLastSeen(setOfBookId, cabinet) })),
    )
    yield slice.flatMap(({ cabinet, lastSeen }) =>
      lastSeen === undefined
        ? []
        : {
            dev_id: cabinet.devId,
            orders: cabinet.orders,
            amount: fenToYuan(cabinet.amount),
            last_seen: formatTime(lastSeen, zone),
            ...presentSilence(quiet.get(cabinet.devId)),
          },
    )
  }
}

export default defineApi({
  summary: 'Lists the cabinets that orders came from but that are not configured',
  permission: 'view',
  answer: unconfiguredDevicesAnswer,
  run: async ({ session, client }) => {
    const cabinets = await listUnconfiguredCabinets(session.setOfBookId)
    const quiet = await readQuietCabinets(session.setOfBookId, Date.now())
    return { total: cabinets.length, root: present(session.setOfBookId, cabinets, quiet, client) }
  },
})
