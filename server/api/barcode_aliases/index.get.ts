import { barcodeAliasPageAnswer, barcodeAliasQuerySchema } from '#shared/barcode-aliases'
import { presentAlias } from '../../serializers/barcode-alias.ts'
import { listAliases } from '../../repositories/barcode-aliases.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Lists under which barcodes C8 knows goods of goBox, newest first',
  permission: 'view',
  input: barcodeAliasQuerySchema,
  answer: barcodeAliasPageAnswer,
  run: async ({ input, session }) => {
    const { total, rows } = await listAliases(session.setOfBookId, input)
    return { total, root: rows.map(presentAlias) }
  },
})
