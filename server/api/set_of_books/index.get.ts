import { z } from 'zod'
import { textField } from '#shared/fields'
import { presentSetOfBook } from '../../presenters/set-of-book.ts'
import { getSetOfBook } from '../../repositories/set-of-books.ts'
import { defineApi } from '../../utils/api.ts'
import { NotFound } from '../../utils/errors.ts'

export default defineApi({
  permission: 'view',
  input: z.object({ set_of_book: textField(1, 64).optional() }),
  run: async ({ input, session }) => {
    const set = await getSetOfBook(session.setOfBookId)
    if (!set || (input.set_of_book ?? set.setOfBook) !== set.setOfBook) throw new NotFound('没有这个账套，请检查账套名')
    return presentSetOfBook(set, session.accessLevel)
  },
})
