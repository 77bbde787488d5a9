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
      const { file, name } = await api.file('/api/orders/export', { query: { format, ...filter, sort } })
      const link = document.createElement('a')
      link.href = URL.createObjectURL(file)
      link.download = name ?? `orders.${format}`
      link.click()
      URL.revokeObjectURL(link.href)
    } catch (error) {
      await toast('error', messageOf(error))
    } finally {
      isBusy.value = false
    }
  }

  return { isBusy, save }
}
