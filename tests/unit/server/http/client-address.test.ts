import type { IncomingMessage } from 'node:http'
import { expect, it, vi } from 'vitest'
import { clientAddress } from '#server/http/client-address'

vi.hoisted(() => Object.assign(process.env, { NUXT_TRUSTED_PROXIES: '10.0.0.1, 10.0.0.2' }))

const request = (remoteAddress: string | undefined, forwarded?: string | string[]) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage

it.each<[string, string | undefined, string | string[] | undefined, string]>([
  ["the socket's", '1.2.3.4', undefined, '1.2.3.4'],
  ["the socket's, whatever a stranger claims", '1.2.3.4', '9.9.9.9', '1.2.3.4'],
  ['what our proxy says', '10.0.0.1', '9.9.9.9', '9.9.9.9'],
  ['what our proxy says, in IPv6 form', '::ffff:10.0.0.1', '::ffff:9.9.9.9', '9.9.9.9'],
  ['what the outermost of our proxies says', '10.0.0.1', '8.8.8.8, 9.9.9.9, 10.0.0.2', '9.9.9.9'],
  ['the last, not what the caller put before it', '10.0.0.1', 'fake, 9.9.9.9', '9.9.9.9'],
  ['the last of several headers', '10.0.0.1', ['8.8.8.8', '9.9.9.9'], '9.9.9.9'],
  ["our proxy's own when it says nothing", '10.0.0.1', undefined, '10.0.0.1'],
  ['nothing on a socket that is gone', undefined, '9.9.9.9', ''],
])('is %s', (_, remote, forwarded, expected) => {
  expect(clientAddress(request(remote, forwarded))).toBe(expected)
})
