import type { OrderSort } from '#shared/orders'

/**
 * Fetches the current filter's orders as a file; the server wants the session's token, which a plain link cannot carry.
 */
export function useExport() {
  const api = useApi()
  const isBusy = ref(false)

  async function save(format: 'xlsx' | 'csv', filter: OrderFilter, sort: OrderSort) {
    isBusy.value = true
    try {
      saveFile(await api.file('/api/orders/export', { query: { format, ...filter, sort } }))
    } catch (error) {
      await toast('error', messageOf(error))
    } finally {
      isBusy.value = false
    }
  }

  return { isBusy, save }
}
