import { defineEventHandler } from 'h3'
import { takeMessage } from '../webhook.ts'

export default defineEventHandler(async (event) => {
  await takeMessage(event.node.req, event.path, event.context)
  return { status: 1 }
})
