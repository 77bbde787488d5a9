import { expect, it } from 'vitest'
import { skipReason, type OrderAction, type SkipReason } from '#shared/job-rules'

const idle = { status: 100, importState: 'idle', hasFailed: false, awaitsC8: false, isUnderWay: false } as const
const imported = { ...idle, importState: 'imported' } as const
const failed = { ...idle, importState: 'failed', hasFailed: true } as const
const refunded = { ...idle, status: 103 } as const

it.each<[OrderAction, Parameters<typeof skipReason>[1], SkipReason | undefined]>([
  ['import', idle, undefined],
  ['import', failed, undefined],
  ['import', imported, 'imported'],
  ['import', refunded, 'unpaid'],
  ['import', { ...idle, importState: 'queued' }, 'moving'],
  ['import', { ...idle, importState: 'sending', isUnderWay: true }, 'moving'],
  ['import', { ...refunded, importState: 'created' }, undefined],
  ['import', { ...failed, status: 103, awaitsC8: true }, undefined],
  ['retry', { ...failed, status: 103, awaitsC8: true }, undefined],
  ['retry', failed, undefined],
  ['retry', idle, 'notFailed'],
  ['retry', imported, 'notFailed'],
  ['reset', idle, 'notImported'],
  ['reset', failed, undefined],
  ['reset', imported, undefined],
  ['reset', { ...failed, awaitsC8: true }, 'awaiting'],
  ['delete', idle, undefined],
  ['delete', failed, undefined],
  ['delete', imported, 'imported'],
  ['delete', { ...idle, importState: 'created' }, 'imported'],
])('%s of %o leaves it out because it is %s', (action, order, reason) => {
  expect(skipReason(action, order)).toBe(reason)
})
