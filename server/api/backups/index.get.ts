import { backupsAnswer } from '#shared/backups'
import { viewBackups } from '../../services/backups.ts'
import { presentBackups } from '../../serializers/backups.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Shows how the backups of the whole database stand',
  permission: 'edit',
  answer: backupsAnswer,
  errors: ['422 backups_elsewhere'],
  run: async () => presentBackups(await viewBackups()),
})
