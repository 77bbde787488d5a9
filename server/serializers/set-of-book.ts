import { isPermitted } from '#shared/permissions'
import type { SetOfBook } from '#shared/set-of-books'
import { formatTime } from '#shared/time'
import type { SetOfBookRecord } from '../repositories/set-of-books.ts'
import { useConfig } from '../config.ts'

/** An account set as the contract shows it; its secrets only to those who may edit. */
export function presentSetOfBook(set: SetOfBookRecord, accessLevel: number): SetOfBook {
  const { zone } = useConfig()
  const time = (at: number | null) => (at === null ? null : formatTime(at, zone))
  const secret = (text: string | null) => (isPermitted(accessLevel, 'edit') ? text : null)
  return {
    id: set.id,
    set_of_book: set.setOfBook,
    name: set.name,
    app_key: secret(set.appKey),
    user_name: set.userName,
    access_token: secret(set.accessToken),
    token_created_at: time(set.tokenCreatedAt),
    expired_at: time(set.expiredAt),
    token: secret(set.token),
    updated_at: time(set.updatedAt),
    updated_user: set.updatedUser,
  }
}
