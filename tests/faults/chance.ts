import { shopGoods } from '../../sandbox/catalog.ts'
import type { Fault, Step } from '../../sandbox/fault-model.ts'
import { timeText } from '../../sandbox/shop.ts'
import type { Order } from '../../sandbox/state.ts'

const goods = shopGoods.filter(({ unknownToC8 }) => !unknownToC8)
const goboxSteps: Step[] = ['gobox.token', 'gobox.trade']
// Most often where it may cost most.
const c8Steps: Step[] = [
  'c8.products',
  'c8.retail_lookup',
  'c8.retail_get',
  'c8.retail_create',
  'c8.retail_create',
  'c8.retail_create',
  'c8.confirm',
  'c8.workflow',
]

export type Random = () => number
const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)]!

/** A fault of either upstream; every one of them is short against the time in which C8 must have settled. */
export function anyFault(random: Random): Fault {
  const step = pick(random, random() < 0.3 ? goboxSteps : c8Steps)
  const times = 1 + Math.floor(random() * 3)
  if (step === 'c8.retail_create' && random() < 0.6) {
    return {
      step,
      times,
      kind: pick(random, ['create_then_drop', 'create_then_500', 'create_then_garbage', 'create_late'] as const),
      ms: 300 + random() * 1500,
      // What something between answers in C8's place, or nothing.
      status: pick(random, [undefined, 302, 408, 429, 500, 503, 504, 520, 524]),
    }
  }
  const kind = pick(random, [
    'slow',
    'status',
    'garbage',
    'reset',
    'drip',
    'redirect',
    'refuse',
    'lapsed_token',
  ] as const)
  return {
    step,
    times,
    kind,
    ms: kind === 'drip' ? 30 : random() * 1500,
    ...(kind === 'status' ? { status: pick(random, [500, 502, 503, 408, 429, 520, 524]) } : {}),
  }
}

/** A paid order of one to three goods, some of them at a discount. */
export function anyOrder(random: Random, transId: string, made: number): Order {
  const lines = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, index) => {
    const { barcode, name, price, cost } = goods[(Math.floor(random() * 100) * 4 + index) % goods.length]!
    const num = 1 + Math.floor(random() * 3)
    return {
      barcode,
      name,
      num,
      amount: Math.round(price * num * (random() < 0.2 ? 0.88 : 1)) / 100,
      cost: (cost * num) / 100,
    }
  })
  return {
    trans_id: transId,
    status: 100,
    e_id: `E${transId}`,
    dev_id: 10086,
    create_time: timeText(made),
    update_time: timeText(made),
    products: lines,
  }
}
