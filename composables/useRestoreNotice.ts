import type { RestoreNotice } from '#shared/restore-notice'

interface Answer {
  notice: RestoreNotice | null
}

/** What has to be heard after a restore, one copy for all that show it. */
export function useRestoreNotice() {
  const api = useApi()
  const load = useLoad<Answer>('restore-notice', '/api/restore_notice')
  return {
    load,
    /** Is not shown again for this account set. */
    async takeNote() {
      await api('/api/restore_notice', { method: 'DELETE' })
      load.data = { notice: null }
    },
  }
}
