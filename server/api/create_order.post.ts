import { defineEventHandler } from 'h3'
import { receiveMessage } from '../services/receive-order'
import { authenticateWebhook } from '../utils/authenticate'
import { takeBody, readQuery } from '../utils/request'

export default defineEventHandler(async (event) => {
  const setOfBookId = await authenticateWebhook(event)
  await receiveMessage(setOfBookId, { query: readQuery(event), ...await takeBody(event) })
  return { status: 1 }
})
