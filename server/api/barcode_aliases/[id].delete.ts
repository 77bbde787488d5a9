import { deleteAlias } from '../../repositories/barcode-aliases.ts'
import { defineApi } from '../../http/define-api.ts'
import { NotFound } from '../../errors.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Deletes a barcode’s alias',
  permission: 'delete',
  errors: ['404 alias_not_found'],
  run: async ({ session, event, by }) => {
    if (!(await deleteAlias(session.setOfBookId, idOf(event), by)))
      throw new NotFound('没有这条条码对照，可能已被删除', { code: 'alias_not_found' })
  },
})
