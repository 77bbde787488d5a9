import { defineEventHandler } from 'h3'
import { checkHealth, describeHealth } from '../services/check-health.ts'
import { authenticateStaff } from '../utils/authenticate.ts'

/** Whether an order could be stored now: 200 or 503; details for those who are signed in. */
export default defineEventHandler(async (event) => {
  const isSignedIn = event.node.req.headers.token !== undefined && Boolean(await authenticateStaff(event.node.req))
  await checkHealth()
  return { state: 1, ...(isSignedIn ? await describeHealth() : {}) }
})
