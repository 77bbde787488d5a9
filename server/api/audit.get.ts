import { auditQuerySchema, type AuditEntry } from '#shared/audit'
import { formatTime } from '#shared/time'
import { listAudit } from '../repositories/audit.ts'
import { defineApi } from '../utils/api.ts'
import { useConfig } from '../utils/config.ts'

const { zone } = useConfig()

export default defineApi({
  permission: 'edit',
  input: auditQuerySchema(zone),
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
