import type { SettlementChange, SettlementDetail, SettlementDifference } from '#shared/settlement-answers'

const LIVE_EVERY = 1000

/** A day with its differences and changes, and what can be done with it. */
export function useSettlementDay(date: string) {
  const api = useApi()
  const path = `/api/settlements/${date}`
  const load = useLoad<SettlementDetail>(`settlement-${date}`, path)
  const changes = useLoad<Page<SettlementChange>>(`settlement-changes-${date}`, `${path}/changes`, { limit: 200 })
  useIntervalFn(() => load.data?.status === 'checking' && !load.isBusy && load.refresh(), LIVE_EVERY)

  const refresh = () => Promise.all([load.refresh(), changes.refresh()])
  async function post(to: string, body: object = {}, method: 'POST' | 'DELETE' = 'POST') {
    await api(path + to, { method, ...(method === 'POST' ? { body } : {}) })
    await refresh()
  }

  return {
    load,
    changes,
    check: () => post('/check'),
    stop: () => post('/check', {}, 'DELETE'),
    close: (note: string | undefined) => post('/close', note === undefined ? {} : { note }),
    reopen: (note: string | undefined) => post('/reopen', { note }),
    acceptChanges: (note: string | undefined) => post('/changes/accept', { note }),
    accept: ({ id }: SettlementDifference, note: string | undefined) => post(`/differences/${id}/accept`, { note }),
    async importOrder({ order_id: id, stored_amount: total }: SettlementDifference) {
      // Another total than the one that is shown is not booked.
      await api(`/api/orders/${id}?action=import`, { method: 'POST', body: { total_amount: total ?? undefined } })
      await refresh()
    },
  }
}
