import { z } from 'zod'
import { pagingFields } from '#shared/fields'
import { importDocumentPageAnswer } from '#shared/import-documents'
import { fenToYuan } from '#shared/money'
import { formatTime } from '#shared/time'
import { listBatchDocuments } from '../../../repositories/import-documents.ts'
import { defineApi } from '../../../http/define-api.ts'
import { useConfig } from '../../../config.ts'
import { NotFound } from '../../../errors.ts'
import { idOf } from '../../../http/request.ts'

export default defineApi({
  summary: 'Lists the documents that a batch has in C8, with their sum',
  permission: 'view',
  input: z.object(pagingFields),
  answer: importDocumentPageAnswer,
  errors: ['404 batch_not_found'],
  run: async ({ input, session, event }) => {
    const found = await listBatchDocuments(session.setOfBookId, idOf(event), input)
    if (!found) throw new NotFound('没有这个导入批次，请检查地址', { code: 'batch_not_found' })
    const { zone } = useConfig()
    return {
      total: found.total,
      amount: fenToYuan(found.amount),
      root: found.rows.map((order) => ({
        order_id: order.id,
        trans_id: order.transId,
        retail_id: order.retailId!,
        retail_code: order.retailCode,
        amount: fenToYuan(order.totalAmount),
        imported_at: order.importedAt === null ? null : formatTime(order.importedAt, zone),
        imported_user: order.importedUser,
      })),
    }
  },
})
