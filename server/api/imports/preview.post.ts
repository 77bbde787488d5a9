import { batchSchema, importsPreviewAnswer } from '#shared/imports'
import { readsAll } from '../../repositories/order-queries.ts'
import { previewImports } from '../../services/preview-imports.ts'
import { defineApi } from '../../http/define-api.ts'
import { useConfig } from '../../config.ts'

export default defineApi({
  summary: 'Tells how many of the orders an import would book, and what stands in the way of the others',
  permission: 'create',
  input: batchSchema(useConfig().zone),
  answer: importsPreviewAnswer,
  errors: ['400 batch_too_large', '404 batch_orders_missing'],
  place: ({ filter }) => (filter && readsAll(filter) ? 'search' : undefined),
  run: ({ input, session, client }) => previewImports(session, input, client),
})
