import { setOfBookAnswer, credentialsSchema } from '#shared/set-of-books'
import { presentSetOfBook } from '../../serializers/set-of-book.ts'
import { getSetOfBook } from '../../repositories/set-of-books.ts'
import { saveSettings } from '../../services/save-settings.ts'
import { defineApi } from '../../http/define-api.ts'
import { GOBOX_FAILURES } from '../../http/describe-route.ts'
import { NotFound } from '../../errors.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Stores goBox’s credentials, once goBox has issued an access token for them',
  permission: 'edit',
  input: credentialsSchema,
  answer: setOfBookAnswer,
  errors: ['404 set_of_book_not_found', '422 credentials_incomplete', ...GOBOX_FAILURES],
  run: async ({ input, session, event, by }) => {
    const set = idOf(event) === session.setOfBookId ? await getSetOfBook(session.setOfBookId) : undefined
    if (!set) throw new NotFound('没有这个账套，请检查地址和账套名', { code: 'set_of_book_not_found' })
    return presentSetOfBook(await saveSettings(set, input, by), session.accessLevel)
  },
})
