import { productPageAnswer, productQuerySchema } from '#shared/devices'
import { listProducts } from '../connectors/c8.ts'
import { defineApi } from '../http/define-api.ts'
import { C8_FAILURES } from '../http/describe-route.ts'

export default defineApi({
  summary: 'Lists C8’s products, for the form of an alias',
  permission: 'view',
  input: productQuerySchema,
  answer: productPageAnswer,
  errors: C8_FAILURES,
  run: ({ input, session, client }) => listProducts(session, input, client),
})
