import { describe, expect, it } from 'vitest'
import { planAction, type OrderAction } from '../../../composables/useOrderPlan.ts'

const idle = { status: 100, import_state: 'idle', import_error: null, awaits_c8: false } as const
const imported = { ...idle, import_state: 'imported' } as const
const failed = { ...idle, import_state: 'failed', import_error: 'C8 没有条码' } as const

describe('what an action does to which orders', () => {
  it.each<[OrderAction, Parameters<typeof planAction>[1], number, object]>([
    ['import', [idle, failed, imported, { ...idle, status: 103 }], 2, { imported: 1, unpaid: 1 }],
    [
      'import',
      [
        { ...idle, import_state: 'queued' },
        { ...idle, import_state: 'sending' },
      ],
      0,
      { moving: 2 },
    ],
    ['import', [{ ...idle, status: 103, import_state: 'created' }], 1, {}],
    ['retry', [idle, failed, imported], 1, { notFailed: 2 }],
    ['reset', [idle, failed, imported, { ...failed, awaits_c8: true }], 2, { notImported: 1, awaiting: 1 }],
    ['delete', [idle, failed, imported, { ...idle, import_state: 'created' }], 2, { imported: 2 }],
  ])('%s takes what it can and counts the rest by reason (%#)', (action, orders, count, skipped) => {
    const plan = planAction(action, orders)
    expect(plan.go).toHaveLength(count)
    expect(plan.skipped).toEqual(skipped)
  })
})
