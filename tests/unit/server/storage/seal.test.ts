import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashToken, loadSecretKey, newToken, seal, unseal, type SecretKey } from '#server/storage/seal'
import { makeFolder } from '../with-storage.ts'

let folder: string
let key: SecretKey

beforeAll(() => {
  folder = makeFolder()
  key = loadSecretKey(folder)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a sealed text', () => {
  it('opens with the same key and owner', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, owner) => {
        expect(unseal(seal(text, owner, key), owner, key)).toBe(text)
      }),
    )
  })

  it('is different each time, and does not show the text', () => {
    const sealed = [seal('secret', 'A001', key), seal('secret', 'A001', key)]
    expect(sealed[0]).not.toBe(sealed[1])
    expect(sealed.join()).not.toContain(Buffer.from('secret').toString('base64'))
  })

  it('does not open for another owner', () => {
    expect(() => unseal(seal('x', 'A001', key), 'B002', key)).toThrow()
  })

  it('does not open with another key', () => {
    const other = loadSecretKey(folder, Buffer.alloc(32, 1).toString('base64'))
    expect(() => unseal(seal('x', 'A001', key), 'A001', other)).toThrow()
    expect(() => unseal(seal('x', 'A001', key), 'A001', { ...other, id: key.id })).toThrow()
  })

  it('does not open when a bit is changed or its end is cut off', () => {
    const sealed = seal('a text', 'A001', key)
    const [id, base64] = sealed.split(':') as [string, string]
    const bytes = Buffer.from(base64, 'base64')
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes)
      changed[index]! ^= 1
      expect(() => unseal(`${id}:${changed.toString('base64')}`, 'A001', key)).toThrow()
    }
    expect(() => unseal(`${id}:${bytes.subarray(0, 20).toString('base64')}`, 'A001', key)).toThrow()
    expect(() => unseal('', 'A001', key)).toThrow()
  })
})

describe('the secret key', () => {
  it('is made once into the data folder, for its owner alone', () => {
    expect(loadSecretKey(folder)).toEqual(key)
    expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600)
    expect(Buffer.from(readFileSync(join(folder, 'secret.key'), 'utf8').trim(), 'base64')).toEqual(key.key)
  })

  it("that is given goes before the file's", () => {
    const given = Buffer.alloc(32, 9)
    expect(loadSecretKey(folder, given.toString('base64')).key).toEqual(given)
  })

  it('that is damaged stops the start with a sentence', () => {
    const damaged = makeFolder()
    writeFileSync(join(damaged, 'secret.key'), 'abc')
    expect(() => loadSecretKey(damaged)).toThrow(/secret\.key 已损坏/)
    rmSync(damaged, { recursive: true })
  })
})

describe('tokens', () => {
  it('are 256 random bits, and found by their fingerprint', () => {
    const [one, two] = [newToken(), newToken()]
    expect(one).toMatch(/^[0-9a-f]{64}$/)
    expect(one).not.toBe(two)
    expect(hashToken(one)).toBe(hashToken(one))
    expect(hashToken(one)).not.toBe(hashToken(two))
    expect(hashToken(one)).not.toContain(one)
  })
})
