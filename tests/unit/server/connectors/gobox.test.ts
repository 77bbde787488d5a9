import { describe, expect, it } from 'vitest'
import { signFields } from '#server/connectors/gobox'

describe('signFields', () => {
  // Signatures known from goBox itself.
  it.each<[Record<string, string | number>, string, string]>([
    [{ user: 'shop01', time: 1574300000, command: 'GetToken' }, 'k3y-ABCdef', '484cd20eebe07bd69fe751d142fe501e'],
    [
      {
        access_token: 'at-123',
        command: 'QueryTrade',
        start_date: '2026-11-16 00:00:00',
        end_date: '2026-11-22 23:59:59',
        time: 1574300000,
      },
      'k3y-ABCdef',
      '0f6d63e36d7295fefda4426dc0624ceb',
    ],
    [
      {
        access_token: 'at-123',
        command: 'QueryTrade',
        start_date: '2026-11-16 00:00:00',
        end_date: '2026-11-22 23:59:59',
        dev_id: '10086',
        status: '100',
        page: 2,
        time: 1795300000,
      },
      '密钥 1',
      '376e3e2af6d9b30f963b32893fc9998b',
    ],
  ])('signs %j', (fields, appKey, sign) => {
    expect(signFields(fields, appKey)).toBe(sign)
    const backwards = Object.fromEntries(Object.entries(fields).toReversed())
    expect(signFields(backwards, appKey)).toBe(sign)
  })

  it('tells a number from its text, and a no-break space from a blank', () => {
    expect(signFields({ page: 2 }, 'k')).not.toBe(signFields({ page: '2' }, 'k'))
    expect(signFields({ trans_id: 'a b' }, 'k')).toBe(signFields({ trans_id: 'ab' }, 'k'))
    expect(signFields({ trans_id: 'a\u00A0b' }, 'k')).not.toBe(signFields({ trans_id: 'ab' }, 'k'))
  })
})
