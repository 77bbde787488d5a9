import type { OrderRow } from '#shared/orders'

/** What can be done with orders, in the server's words. */
export function useOrderActions() {
  const api = useApi()
  const jobs = useJobsStore()

  const reset = (id: number) => api(`/api/orders/${id}`, { method: 'POST', query: { action: 'init_order' } })
  const remove = (id: number) => api(`/api/orders/${id}`, { method: 'DELETE' })
  const importNow = (id: number) =>
    api<{ retail_code: string }>(`/api/orders/${id}`, { method: 'POST', query: { action: 'import' } })

  /** Begins the action for many orders; the jobs' panel tells the rest. Throws where it cannot even begin. */
  async function runMany(action: OrderAction, orders: OrderRow[]) {
    if (action === 'import' || action === 'retry')
      return jobs.importOrders(
        orders.map(({ id }) => id),
        action,
      )
    const work = action === 'reset' ? reset : remove
    jobs.runEach(
      action,
      orders,
      ({ trans_id }) => trans_id,
      ({ id }) => work(id),
    )
  }

  return { runMany, runOne: { import: importNow, retry: importNow, reset, delete: remove } }
}
