import { describe, expect, it } from 'vitest'
import type { OrderAction } from '#shared/job-rules'
import { actionsOf } from '../../../composables/useOrderPlan.ts'

const idle = { status: 100, import_state: 'idle', import_error: null, awaits_c8: false, is_under_way: false } as const
const imported = { ...idle, import_state: 'imported' } as const
const failed = { ...idle, import_state: 'failed', import_error: 'C8 没有条码' } as const

describe('what the page of an order offers', () => {
  it.each<[string, Parameters<typeof actionsOf>[0], OrderAction[]]>([
    ['one that nobody has imported', idle, ['import', 'delete']],
    ['one that is not paid', { ...idle, status: 101 }, ['delete']],
    ['one that failed', failed, ['retry', 'reset', 'delete']],
    ['one that waits in the queue', { ...idle, import_state: 'queued' }, ['import', 'reset', 'delete']],
    ['one that is being sent', { ...idle, import_state: 'sending', is_under_way: true }, []],
    ['one that is imported', imported, ['reset']],
    ['one whose document is to be finished', { ...failed, import_state: 'created' }, ['retry', 'reset']],
    ['one whose document is being finished', { ...idle, import_state: 'created', is_under_way: true }, []],
    ['one that waits for C8', { ...idle, import_state: 'queued', awaits_c8: true }, ['import']],
    ['a refunded one that waits for C8', { ...idle, status: 103, import_state: 'queued', awaits_c8: true }, ['import']],
    ['a refunded one whose look-up C8 refused', { ...failed, status: 103, awaits_c8: true }, ['retry']],
  ])('of %s', (_, order, actions) => {
    expect(actionsOf(order)).toEqual(actions)
  })
})
