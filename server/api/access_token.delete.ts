import { defineEventHandler } from 'h3'
import { deleteSession } from '../repositories/sessions.ts'
import { actorOf, requireSession } from '../http/define-api.ts'
import { describeRoute } from '../http/describe-route.ts'
import { dropCookie } from '../auth/session-cookie.ts'
import { readQuery } from '../http/request.ts'

const logOut = defineEventHandler(async (event) => {
  const session = requireSession(event)
  readQuery(event.path)
  await deleteSession(session.id, actorOf(session, event), 'logged_out')
  dropCookie(event.node.req, event.node.res)
  return { state: 1 }
})

export default describeRoute({ none: { summary: 'Logs out' } }, logOut)
