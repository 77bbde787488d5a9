import { barcodeAliasAnswer, barcodeAliasPatchSchema } from '#shared/barcode-aliases'
import { presentAlias } from '../../serializers/barcode-alias.ts'
import { updateAlias } from '../../repositories/barcode-aliases.ts'
import { defineApi } from '../../http/define-api.ts'
import { NotFound } from '../../errors.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Changes any of an alias’s fields',
  permission: 'edit',
  input: barcodeAliasPatchSchema,
  answer: barcodeAliasAnswer,
  errors: ['404 alias_not_found', '409 alias_exists'],
  run: async ({ input, session, event, by }) => {
    const alias = await updateAlias(session.setOfBookId, idOf(event), input, by)
    if (!alias) throw new NotFound('没有这条条码对照，可能已被删除', { code: 'alias_not_found' })
    return presentAlias(alias)
  },
})
