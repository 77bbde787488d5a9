import { defineEventHandler } from 'h3'
import { healthAnswer } from '#shared/health'
import { checkHealth, describeHealth } from '../../services/check-health.ts'
import { unsetOf, useConfig } from '../../config.ts'
import { describeRoute } from '../../http/describe-route.ts'
import { authenticateStaff, namesSession } from '../../auth/authenticate.ts'

/** Whether an order could be stored now: 200 or 503; details for those who are signed in. */
const tellHealth = defineEventHandler(async (event) => {
  const { req: request } = event.node
  const isSignedIn = namesSession(request) && Boolean(await authenticateStaff(request))
  await checkHealth()
  const unconfigured = unsetOf(useConfig())
  return {
    state: 1,
    ...(unconfigured.length > 0 ? { unconfigured } : {}),
    ...(isSignedIn ? await describeHealth() : {}),
  }
})

export default describeRoute(
  {
    none: {
      summary: 'Tells whether an order could be stored now; details for a session',
      token: 'optional',
      answer: healthAnswer,
      errors: ['503 disk_almost_full'],
    },
  },
  tellHealth,
)
