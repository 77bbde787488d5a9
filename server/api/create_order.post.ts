import { defineEventHandler } from 'h3'
import { orderMessageSchema } from '#shared/orders'
import { useConfig } from '../config.ts'
import { describeRoute } from '../http/describe-route.ts'
import { received, takeMessage } from '../webhook.ts'

const takeOrder = defineEventHandler(async (event) => {
  await takeMessage(event.node.req, event.path, event.context)
  return received()
})

export default describeRoute(
  {
    none: {
      summary: 'Takes an order message of goBox; answers when it is on disk',
      token: 'local',
      input: orderMessageSchema(useConfig().zone),
      errors: ['401 local_token_unknown'],
    },
  },
  takeOrder,
)
