/** What can be done with one order, in the server's words. */
export function useOrderActions() {
  const api = useApi()

  const importNow = (id: number) =>
    api<{ retail_code: string }>(`/api/orders/${id}`, { method: 'POST', query: { action: 'import' } })

  return {
    import: importNow,
    retry: importNow,
    reset: (id: number) => api(`/api/orders/${id}`, { method: 'POST', query: { action: 'init_order' } }),
    delete: (id: number) => api(`/api/orders/${id}`, { method: 'DELETE' }),
  }
}
