import { describe, expect, it } from 'vitest'
import { isBackupDue } from '#server/services/backups'

const zone = 'Asia/Shanghai'
const at = (text: string) => Date.parse(`${text}+08:00`)

describe('the nightly backup', () => {
  it.each([
    ['there is none yet', null, '2026-11-24T12:00', true],
    ['the last is from before this night', '2026-11-23T03:05', '2026-11-24T03:00', true],
    ['the machine was off at night', '2026-11-22T03:05', '2026-11-24T09:00', true],
    ["this night's is there", '2026-11-24T03:05', '2026-11-24T23:00', false],
    ['this night has not come yet', '2026-11-23T03:05', '2026-11-24T02:59', false],
    ['the last is ahead of a clock that was set back', '2026-11-25T03:05', '2026-11-24T12:00', true],
  ])('when %s', (_, last, now, due) => {
    expect(isBackupDue(last === null ? null : at(last), at(now), zone)).toBe(due)
  })
})
