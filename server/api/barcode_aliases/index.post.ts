import { barcodeAliasAnswer, barcodeAliasSchema } from '#shared/barcode-aliases'
import { presentAlias } from '../../serializers/barcode-alias.ts'
import { createAlias } from '../../repositories/barcode-aliases.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Says under which barcode C8 knows goods of goBox',
  permission: 'create',
  input: barcodeAliasSchema,
  answer: barcodeAliasAnswer,
  errors: ['409 alias_exists'],
  run: async ({ input, session, by }) => presentAlias(await createAlias(session.setOfBookId, input, by)),
})
