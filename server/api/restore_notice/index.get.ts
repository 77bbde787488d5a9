import { restoreNoticeAnswer } from '#shared/restore-notice'
import type { RestoreNotice } from '#shared/restore-notice'
import { formatTime } from '#shared/time'
import { viewRestoreNotice } from '../../services/restore-notice.ts'
import { defineApi } from '../../http/define-api.ts'
import { useConfig } from '../../config.ts'

/** `notice` is `null` once goBox was heard with the token that holds, or somebody has taken note. */
export default defineApi({
  summary: 'Tells of a restore of the database that goBox’s token may not have survived',
  permission: 'view',
  answer: restoreNoticeAnswer,
  run: async ({ session }) => {
    const { zone } = useConfig()
    const found = viewRestoreNotice(session.setOfBookId)
    if (!found) return { notice: null }
    const { at, file, strangers = 0, lastStrangerAt } = found
    const last_stranger_at = lastStrangerAt === undefined ? null : formatTime(lastStrangerAt, zone)
    return { notice: { at: formatTime(at, zone), file, strangers, last_stranger_at } satisfies RestoreNotice }
  },
})
