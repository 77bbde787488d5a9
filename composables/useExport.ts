import { EXPORT_COLUMNS, type ExportColumn } from '#shared/export-columns'
import type { OrderSort } from '#shared/orders'

/** The columns that this browser's user wants left out of exports: what is new is exported until somebody says no. */
export const useExportColumns = createSharedComposable(() => {
  const left = useLocalStorage<ExportColumn[]>('gobox.export.without', [])
  const chosen = computed({
    get: () => EXPORT_COLUMNS.filter((name) => !left.value.includes(name)),
    set: (names) => (left.value = EXPORT_COLUMNS.filter((name) => !names.includes(name))),
  })
  return { chosen }
})

/**
 * Fetches the current filter's orders as a file; the server wants the session's token, which a plain link cannot carry.
 */
export function useExport() {
  const api = useApi()
  const { chosen } = useExportColumns()
  const isBusy = ref(false)

  async function save(format: 'xlsx' | 'csv', filter: OrderFilter, sort: OrderSort) {
    isBusy.value = true
    const columns = chosen.value.length < EXPORT_COLUMNS.length ? chosen.value.join(',') || undefined : undefined
    try {
      saveFile(await api.file('/api/orders/export', { query: { format, columns, ...filter, sort } }))
    } catch (error) {
      await toast('error', messageOf(error))
    } finally {
      isBusy.value = false
    }
  }

  return { isBusy, save }
}
