import { defineEventHandler } from 'h3'
import { describeRoute } from '../../http/describe-route.ts'

/** Whether the process is there and answers; whether it is fit, says `/api/health`. */
export default describeRoute(
  { none: { summary: 'Tells whether the process answers', token: 'none' } },
  defineEventHandler(() => ({ state: 1 })),
)
