import { setTimeout as sleep } from 'node:timers/promises'
import { drain } from './drain.ts'
import { newMessage, runLoad } from './load.ts'
import { seeded } from './seeded.ts'
import { ask, logIn } from './shop.ts'

const SECONDS = 20
/**
 * Seconds of messages before the rest begins: goBox's connections stand by then (Node takes one in a turn of the event
 * loop), and V8 has compiled.
 */
const WARM_UP = 2
const RATE = 500
const CONNECTIONS = 20
const BATCH = 1000
const LATENCY = 20
const SECOND = 1000

/** Does something again and again until the load is over; returns how often. */
async function until(over: Promise<unknown>, run: () => Promise<unknown>): Promise<number> {
  let isOver = false
  void over.then(() => {
    isOver = true
  })
  let count = 0
  for (; !isOver; count++) await run()
  return count
}

/**
 * goBox's messages at a steady rate while all orders are exported again and again, the overview is asked for every
 * second, and a batch is imported.
 */
export async function benchMixed(orders: number) {
  const { sandbox, start } = await seeded(orders)
  await sandbox.control.settings({ workflow_executions: 1 })
  await sandbox.control.latency({ c8: LATENCY })
  const app = await start()
  const shop = await logIn(app.url, sandbox)
  const { root } = await ask(
    `${app.url}/api/orders?action=trade_view&status=100&import_state=idle&unconfigured=0&limit=${BATCH}`,
    shop.token,
  )
  const load = runLoad({
    url: `${app.url}/api/create_order`,
    headers: { token: shop.localToken },
    connections: CONNECTIONS,
    seconds: WARM_UP + SECONDS,
    rate: RATE,
    body: newMessage,
  })
  await sleep(WARM_UP * SECOND)
  const { id } = await ask(`${app.url}/api/imports`, shop.token, { ids: root.map((order) => order.id) })
  const [exports, overviews] = await Promise.all([
    until(load, () => drain(`${app.url}/api/orders/export?format=csv`, shop.token)),
    until(load, () => Promise.all([ask(`${app.url}/api/summary?days=30`, shop.token), sleep(SECOND)])),
  ])
  const webhook = await load
  const { imported } = await ask(`${app.url}/api/imports/${String(id)}`, shop.token)
  await app.stop()
  await sandbox.control.latency({ c8: 0 })
  return { orders, webhook, exports, overviews, imported: imported as number }
}
