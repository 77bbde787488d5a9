import { testChannel } from '../../../services/alerts/channels.ts'
import { defineApi } from '../../../http/define-api.ts'
import { UPSTREAM_FAILURES } from '../../../http/describe-route.ts'
import { idOf } from '../../../http/request.ts'

export default defineApi({
  summary: 'Sends a message through a channel at once',
  permission: 'edit',
  errors: [
    '404 channel_not_found',
    '422 alert_address_not_allowed',
    '422 smtp_missing',
    '502 email_failed',
    ...UPSTREAM_FAILURES,
  ],
  run: ({ session, event }) => testChannel(session.setOfBookId, idOf(event)),
})
