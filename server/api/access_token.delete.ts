import { defineEventHandler } from 'h3'
import { deleteSession } from '../repositories/sessions.ts'
import { actorOf, requireSession } from '../utils/api.ts'

export default defineEventHandler(async (event) => {
  const session = requireSession(event)
  await deleteSession(session.id, actorOf(session, event), 'logged_out')
  return { state: 1 }
})
