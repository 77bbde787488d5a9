import type { CredentialsInput } from '#shared/set-of-books'
import type { Actor } from '../repositories/audit.ts'
import { saveGoboxCredentials } from '../repositories/gobox-credentials.ts'
import { nameSetOfBook, type SetOfBookRecord } from '../repositories/set-of-books.ts'
import { Refused } from '../errors.ts'
import { requestAccessToken } from './gobox-access.ts'

/**
 * Stores the account set's name, and goBox's credentials once goBox has issued an access token for them. Throws Refused
 * if it does not; then nothing is stored.
 */
export async function saveSettings(set: SetOfBookRecord, input: CredentialsInput, by: Actor): Promise<SetOfBookRecord> {
  const saved = await saveCredentials(set, input, by)
  return input.name === undefined || input.name === set.name ? saved : nameSetOfBook(saved, input.name, by)
}

async function saveCredentials(set: SetOfBookRecord, input: CredentialsInput, by: Actor): Promise<SetOfBookRecord> {
  const appKey = input.app_key ?? set.appKey
  const userName = input.user_name ?? set.userName
  if (input.app_key === undefined && input.user_name === undefined) return set
  if (!appKey || !userName)
    throw new Refused('第一次设置需要同时填写 goBox 的用户名和密钥', { code: 'credentials_incomplete' })
  const access = await requestAccessToken(userName, appKey)
  return saveGoboxCredentials(set, { appKey, userName, ...access }, by, Date.now())
}
