import { defineEventHandler } from 'h3'
import { recordAudit } from '../repositories/audit'
import { deleteSession } from '../repositories/sessions'
import { actorOf, requireSession } from '../utils/api'

export default defineEventHandler(async (event) => {
  const session = requireSession(event)
  await deleteSession(session.id)
  await recordAudit(actorOf(session, event), 'logged_out')
  return { state: 1 }
})
