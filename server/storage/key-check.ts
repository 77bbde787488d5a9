import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { commandLine } from '../commands.ts'
import { WrongSetting } from '../config.ts'
import { KEY_FILE, loadSecretKey, NEW_KEY_FILE, readKey, seal, unseal, type SecretKey } from './seal.ts'

/** The row of the database that only the key of all its secrets opens. */
export interface KeyCheck {
  read: () => string | undefined
  save: (sealed: string) => void
}

/** What the check is sealed for, in place of an account set's name (which is never empty). */
export const CHECK_OWNER = ''

function opens(check: string, key: SecretKey): boolean {
  try {
    return unseal(check, CHECK_OWNER, key) === 'goBox'
  } catch {
    return false
  }
}

/** Puts a new key in its place where a change of the key was cut off between the database's commit and this step. */
function finishRotation(folder: string, check: string) {
  const fresh = join(folder, NEW_KEY_FILE)
  if (existsSync(fresh) && opens(check, readKey(fresh))) renameSync(fresh, join(folder, KEY_FILE))
}

/**
 * The key that the database's secrets are sealed with: the given one, else the data folder's, which is made with a new
 * database. Throws WrongSetting for any other key.
 */
export function openKey(keyCheck: KeyCheck, folder: string, given?: string): SecretKey {
  const check = keyCheck.read()
  if (check === undefined) {
    const key = loadSecretKey(folder, given)
    keyCheck.save(seal('goBox', CHECK_OWNER, key))
    return key
  }
  finishRotation(folder, check)
  const file = join(folder, KEY_FILE)
  if (!given && !existsSync(file))
    throw new WrongSetting(`解密用的密钥不见了：请设置 NUXT_SECRET_KEY，或从备份恢复 ${file}`)
  const key = loadSecretKey(folder, given)
  if (opens(check, key)) return key
  throw new WrongSetting(
    `${given ? 'NUXT_SECRET_KEY' : file} 不是加密数据时用的密钥，请改回原来的；要更换密钥请用 ${commandLine('rotate-key')}`,
  )
}
