import { defineEventHandler } from 'h3'
import { receiveMessage } from '../services/receive-order'
import { authenticateWebhook } from '../utils/authenticate'
import { readBody, readQuery } from '../utils/request'

export default defineEventHandler(async (event) => {
  const setOfBookId = await authenticateWebhook(event)
  await receiveMessage(setOfBookId, { query: readQuery(event), ...await readBody(event) })
  return { status: 1 }
})
