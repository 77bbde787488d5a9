import { WrongSetting } from '../../config.ts'
import { CHECK_OWNER } from '../key-check.ts'
import { seal, toKey, unseal, type SecretKey } from '../seal.ts'
import type { Runner } from './session.ts'

function opens(sealed: string, key: SecretKey): boolean {
  try {
    return unseal(sealed, CHECK_OWNER, key) === 'goBox'
  } catch {
    return false
  }
}

/** The key given in base64. A database has no folder to keep one in. Throws WrongSetting without one. */
export function requireKey(given: string | undefined): SecretKey {
  if (given) return toKey(given)
  throw new WrongSetting(
    '使用 PostgreSQL 时必须设置 NUXT_SECRET_KEY（openssl rand -base64 32 可以生成一个），请妥善保管',
  )
}

/**
 * Sees to it that the database's secrets are sealed with this key, of which a new one takes note. Throws WrongSetting.
 */
export async function checkKey(transaction: Runner, key: SecretKey) {
  await transaction.query('INSERT INTO key_checks (id, check_sealed) VALUES (1, $1) ON CONFLICT DO NOTHING', [
    seal('goBox', CHECK_OWNER, key),
  ])
  const { rows } = await transaction.query('SELECT check_sealed FROM key_checks')
  if (opens((rows[0] as { check_sealed: string }).check_sealed, key)) return
  throw new WrongSetting(
    'NUXT_SECRET_KEY 不是加密这个数据库时用的密钥，请改回原来的；要更换密钥请用 npm run rotate-key',
  )
}
