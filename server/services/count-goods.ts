import { countGoods } from '../repositories/order-totals.ts'
import { hasDuty } from '../cluster/membership.ts'
import { log } from '../log/log.ts'

/** Milliseconds; what has come meanwhile, the overview reads from the orders. */
const PAUSE = 10_000

let timer: NodeJS.Timeout | undefined
let counting: Promise<void> | undefined

function run() {
  if (!hasDuty('goods')) return
  counting ??= countGoods()
    .catch((error) => log.error({ err: error }, 'count goods'))
    .finally(() => {
      counting = undefined
    })
}

/** Adds new orders to the goods' totals now and then, so that no message of goBox has to wait for it. */
export function startCountingGoods() {
  timer = setInterval(run, PAUSE)
}

/** Counts no more. */
export async function stopCountingGoods() {
  clearInterval(timer)
  await counting
}
