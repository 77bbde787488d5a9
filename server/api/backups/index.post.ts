import { backupsAnswer } from '#shared/backups'
import { startBackup, viewBackups } from '../../services/backups.ts'
import { presentBackups } from '../../serializers/backups.ts'
import { defineApi } from '../../http/define-api.ts'

/** Starts a backup; the list shows its progress. */
export default defineApi({
  summary: 'Starts a backup; GET tells how it goes',
  permission: 'edit',
  answer: backupsAnswer,
  errors: ['409 backup_running', '422 backups_elsewhere'],
  run: async () => {
    startBackup()
    return presentBackups(await viewBackups())
  },
})
