import { tokenReplacementSchema } from '#shared/set-of-books'
import { formatTime } from '#shared/time'
import { presentSetOfBook } from '../../../presenters/set-of-book.ts'
import { replaceLocalToken } from '../../../repositories/set-of-books.ts'
import { defineApi } from '../../../utils/api.ts'
import { useConfig } from '../../../utils/config.ts'
import { NotFound } from '../../../utils/errors.ts'
import { idOf } from '../../../utils/request.ts'

export default defineApi({
  permission: 'edit',
  input: tokenReplacementSchema,
  run: async ({ input, session, event, by }) => {
    if (idOf(event) !== session.setOfBookId) throw new NotFound('没有这个账套，请检查地址')
    const { set, oldGoodUntil } = await replaceLocalToken(session.setOfBookId, input.overlap_hours, by, Date.now())
    return {
      ...presentSetOfBook(set, session.accessLevel),
      old_token_good_until: oldGoodUntil === null ? null : formatTime(oldGoodUntil, useConfig().zone),
    }
  },
})
