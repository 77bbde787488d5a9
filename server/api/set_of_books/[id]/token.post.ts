import { replacedTokenAnswer, tokenReplacementSchema } from '#shared/set-of-books'
import { formatTime } from '#shared/time'
import { presentSetOfBook } from '../../../serializers/set-of-book.ts'
import { replaceLocalToken } from '../../../repositories/local-tokens.ts'
import { defineApi } from '../../../http/define-api.ts'
import { useConfig } from '../../../config.ts'
import { NotFound } from '../../../errors.ts'
import { idOf } from '../../../http/request.ts'

export default defineApi({
  summary: 'Replaces the local token, which goBox sends with each message',
  permission: 'edit',
  input: tokenReplacementSchema,
  answer: replacedTokenAnswer,
  errors: ['404 set_of_book_not_found'],
  run: async ({ input, session, event, by }) => {
    if (idOf(event) !== session.setOfBookId)
      throw new NotFound('没有这个账套，请检查地址和账套名', { code: 'set_of_book_not_found' })
    const { set, oldGoodUntil } = await replaceLocalToken(session.setOfBookId, input.overlap_hours, by, Date.now())
    return {
      ...presentSetOfBook(set, session.accessLevel),
      old_token_good_until: oldGoodUntil === null ? null : formatTime(oldGoodUntil, useConfig().zone),
    }
  },
})
