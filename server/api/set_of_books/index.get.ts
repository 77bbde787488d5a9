import { z } from 'zod'
import { textField } from '#shared/fields'
import { presentSetOfBook } from '../../presenters/set-of-book'
import { getSetOfBook } from '../../repositories/set-of-books'
import { defineApi } from '../../utils/api'
import { NotFound } from '../../utils/errors'

export default defineApi({
  permission: 'view',
  input: z.object({ set_of_book: textField(1, 64).optional() }),
  run: async ({ input, session }) => {
    const set = await getSetOfBook(session.setOfBookId)
    if (!set || (input.set_of_book ?? set.setOfBook) !== set.setOfBook) throw new NotFound('没有这个账套，请检查账套名')
    return presentSetOfBook(set, session.accessLevel)
  },
})
