import { credentialsSchema } from '#shared/set-of-books'
import { presentSetOfBook } from '../../presenters/set-of-book.ts'
import { getSetOfBook } from '../../repositories/set-of-books.ts'
import { saveSettings } from '../../services/save-settings.ts'
import { defineApi } from '../../utils/api.ts'
import { NotFound } from '../../utils/errors.ts'
import { idOf } from '../../utils/request.ts'

export default defineApi({
  permission: 'edit',
  input: credentialsSchema,
  run: async ({ input, session, event, by }) => {
    const set = idOf(event) === session.setOfBookId ? await getSetOfBook(session.setOfBookId) : undefined
    if (!set) throw new NotFound('没有这个账套，请检查地址')
    return presentSetOfBook(await saveSettings(set, input, by), session.accessLevel)
  },
})
