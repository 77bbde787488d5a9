import { z } from 'zod'
import { setOfBookAnswer } from '#shared/set-of-books'
import { textField } from '#shared/fields'
import { presentSetOfBook } from '../../serializers/set-of-book.ts'
import { getSetOfBook } from '../../repositories/set-of-books.ts'
import { defineApi } from '../../http/define-api.ts'
import { NotFound } from '../../errors.ts'

export default defineApi({
  summary: 'Shows the session’s account set',
  permission: 'view',
  input: z.object({
    set_of_book: textField(1, 64)
      .meta({ examples: ['A001'] })
      .optional(),
  }),
  answer: setOfBookAnswer,
  errors: ['404 set_of_book_not_found'],
  run: async ({ input, session }) => {
    const set = await getSetOfBook(session.setOfBookId)
    if (!set || (input.set_of_book ?? set.setOfBook) !== set.setOfBook)
      throw new NotFound('没有这个账套，请检查地址和账套名', { code: 'set_of_book_not_found' })
    return presentSetOfBook(set, session.accessLevel)
  },
})
