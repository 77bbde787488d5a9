import { createCipheriv, createDecipheriv, createHash, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { WrongSetting } from '../config.ts'

const ALGORITHM = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

export interface SecretKey {
  id: string
  key: Buffer
}

/** The data folder's key, and where a new one waits while the database is re-encrypted. */
export const KEY_FILE = 'secret.key'
export const NEW_KEY_FILE = 'secret.key.new'

/** A key given in base64. */
export function toKey(base64: string): SecretKey {
  const key = Buffer.from(base64, 'base64')
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), key }
}

/** The key given in base64, or the one in the data folder's `secret.key`, made at the first start. */
export function loadSecretKey(folder: string, given?: string): SecretKey {
  if (given) return toKey(given)
  const path = join(folder, KEY_FILE)
  return existsSync(path) ? readKey(path) : makeKey(path)
}

/** Makes a random key in a new file, for its owner alone, and has it on disk when it returns. */
export function makeKey(path: string): SecretKey {
  const key = randomBytes(32).toString('base64')
  const file = openSync(path, 'wx', 0o600)
  writeSync(file, `${key}\n`)
  fsyncSync(file)
  closeSync(file)
  return toKey(key)
}

/** The key in a file. Throws WrongSetting if it holds none. */
export function readKey(path: string): SecretKey {
  const key = toKey(readFileSync(path, 'utf8').trim())
  if (key.key.length !== 32) throw new WrongSetting(`${path} 已损坏（应为 32 字节的 base64），请从备份恢复它`)
  return key
}

/** Encrypts `text`; it opens only for the same `owner` (the account set it belongs to). Form: key id, then base64. */
export function seal(text: string, owner: string, { id, key }: SecretKey): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(owner))
  const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()])
  return `${id}:${Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64')}`
}

/** Decrypts what `seal` made. Throws if the key, the owner or a byte differs. */
export function unseal(sealed: string, owner: string, { id, key }: SecretKey): string {
  const [keyId, base64 = ''] = sealed.split(':')
  if (keyId !== id) throw new Error(`sealed with key ${keyId}, the present key is ${id}`)
  const bytes = Buffer.from(base64, 'base64')
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(owner))
    .setAuthTag(bytes.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
}

/** A token's fingerprint, under which it is stored and found. */
export function hashToken(token: string): string {
  return hash('sha256', token)
}

/** Whether two fingerprints are the same, in a time that does not tell where they differ. */
export function isSameHash(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

/** A new random token of 256 bits, as hexadecimal text. */
export function newToken(): string {
  return randomBytes(32).toString('hex')
}
