import { defineEventHandler } from 'h3'
import { probeStorage } from '../repositories/health'

export default defineEventHandler(async () => {
  await probeStorage()
  return { state: 1 }
})
