/** What can be done with one order, in the server's words. */
export function useOrderActions() {
  const api = useApi()

  /** `total`: what the order came to where it was decided upon; another is not booked. */
  const importNow = (id: number, total?: number) =>
    api<{ retail_code: string }>(`/api/orders/${id}`, {
      method: 'POST',
      query: { action: 'import' },
      body: { total_amount: total },
    })

  return {
    import: importNow,
    retry: importNow,
    reset: (id: number) => api(`/api/orders/${id}`, { method: 'POST', query: { action: 'init_order' } }),
    delete: (id: number) => api(`/api/orders/${id}`, { method: 'DELETE' }),
  }
}
