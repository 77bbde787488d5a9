import { describe, expect, it } from 'vitest'
import { describeError, hideSecrets } from '../../../server/log/log.ts'

const CANARY = 'canary-4711'

describe('fields of a line', () => {
  it.each([
    'token',
    'Token',
    'TOKEN',
    'app_key',
    'appKey',
    'access_token',
    'accessToken',
    'c8Token',
    'secretKey',
    'password',
    'authorization',
    'cookie',
  ])('named %s are not written, at any depth', (name) => {
    expect(JSON.stringify(hideSecrets({ id: 1, [name]: CANARY, a: { b: { [name]: CANARY } } }))).not.toContain(CANARY)
  })

  it("of other names are, and nothing is changed in the caller's hands", () => {
    const fields = { id: 1, set: 'A', list: [1], nested: { token: CANARY, id: 2 } }
    expect(hideSecrets(fields)).toEqual({ id: 1, set: 'A', list: [1], nested: { token: '…', id: 2 } })
    expect(fields.nested.token).toBe(CANARY)
  })
})

describe('an error in the log', () => {
  const written = (error: unknown) => JSON.stringify(describeError(error))

  it('says what and where, with its causes', () => {
    expect(
      describeError(new Error('outer', { cause: Object.assign(new TypeError('inner'), { code: 'E1' }) })),
    ).toMatchObject({
      type: 'Error',
      message: 'outer',
      stack: expect.arrayContaining([expect.stringMatching(/^at /)]),
      cause: { type: 'TypeError', code: 'E1', message: 'inner' },
    })
  })

  it("holds no token, no header's value and no parameter of a query", async () => {
    const token = 'ab'.repeat(32)
    const header = await fetch('http://127.0.0.1:1', { headers: { token: `${CANARY}\n${CANARY}` } }).catch(
      (error) => error,
    )
    expect(String(header)).toContain(CANARY)
    expect(written(header)).not.toContain(CANARY)
    expect(written(new Error(`no such session ${token}`, { cause: token }))).not.toContain(token)
    expect(written(new Error(`Failed query: insert\nparams: ${CANARY},1`))).not.toContain(CANARY)
  })

  it('is short, whatever it quotes, and ends also where causes go in a circle', () => {
    const circle = new Error('x '.repeat(5000))
    circle.cause = circle
    expect(written(circle).length).toBeLessThan(20_000)
  })
})
