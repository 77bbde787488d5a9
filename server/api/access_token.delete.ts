import { defineEventHandler } from 'h3'
import { deleteSession } from '../repositories/sessions'
import { requireSession } from '../utils/api'

export default defineEventHandler(async (event) => {
  await deleteSession(requireSession(event).id)
  return { state: 1 }
})
