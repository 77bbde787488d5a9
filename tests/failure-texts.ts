import { expect } from 'vitest'
import type { ErrorParams } from '../shared/error-codes.ts'
import { failureText } from '../shared/failure-text.ts'
import en from '../i18n/errors/en.json' with { type: 'json' }
import zh from '../i18n/errors/zh.json' with { type: 'json' }

const REQUEST_ID = /（请求号 [^）]+）$/

/** Expects the Chinese text of a code to be the message itself, and that there is an English one. */
export function expectSayable(message: string, code: string, params?: ErrorParams, told = '') {
  expect(failureText(zh, code, params), `${told} ${code} ${JSON.stringify(params)}`).toBe(
    message.replace(REQUEST_ID, ''),
  )
  expect(failureText(en, code, params), told).toMatch(/./)
}
