import { auditPageAnswer, auditQuerySchema, type AuditEntry } from '#shared/audit'
import { formatTime } from '#shared/time'
import { listAudit } from '../../repositories/audit.ts'
import { defineApi } from '../../http/define-api.ts'
import { useConfig } from '../../config.ts'

const { zone } = useConfig()

export default defineApi({
  summary: 'Lists who did what, newest first',
  permission: 'edit',
  input: auditQuerySchema(zone),
  answer: auditPageAnswer,
  run: async ({ input, session }) => {
    const { total, rows } = await listAudit(session.setOfBookId, input)
    return {
      total,
      root: rows.map(({ id, at, user, address, event, detail }): AuditEntry => ({
        id,
        at: formatTime(at, zone),
        user,
        address,
        event,
        detail,
      })),
    }
  },
})
