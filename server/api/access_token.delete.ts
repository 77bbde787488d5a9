import { defineEventHandler } from 'h3'
import { deleteSession } from '../repositories/sessions'
import { actorOf, requireSession } from '../utils/api'

export default defineEventHandler(async (event) => {
  const session = requireSession(event)
  await deleteSession(session.id, actorOf(session, event), 'logged_out')
  return { state: 1 }
})
