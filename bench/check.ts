import { setTimeout as sleep } from 'node:timers/promises'
import { startSandbox, type Sandbox } from '../sandbox/server.ts'
import { startApp, temporaryFolder } from './app.ts'
import { newMessage, runLoad } from './load.ts'
import { ask, configure, logIn, type Shop } from './shop.ts'

const ORDERS = 5000
const LATENCY = 20
const AT_ONCE = 4
const RATE = 500
const CONNECTIONS = 20
/** No message of the load is of this day. */
const DATE = '2026-11-10'

const ideal = (ORDERS * LATENCY) / AT_ONCE

/** Sells the day's orders: goBox lists them, they are stored, and C8 has their documents. */
async function sell(url: string, sandbox: Sandbox, { id, token, localToken }: Shop) {
  await configure(url, sandbox, token)
  await ask(`${url}/api/set_of_books/${id}`, token, { app_key: 'sandbox-key-A001', user_name: 'shop-a' }, 'PUT')
  const [product] = [...sandbox.state.products.values()]
  const lines = [{ barcode: product!.barcode!, name: '水', num: 1, amount: 2 }]
  const orders = Array.from({ length: ORDERS }, (_, number) => {
    const time = `${DATE} ${new Date(number * 17_000).toISOString().slice(11, 19)}`
    return {
      trans_id: `C${number}`,
      status: 100,
      e_id: 'E',
      dev_id: 1,
      create_time: time,
      update_time: time,
      products: lines,
    }
  })
  await sandbox.control.addOrders('A001', ...orders)
  const next = orders.values()
  const send = async () => {
    for (const order of next) await ask(`${url}/api/create_order`, localToken, order)
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, send))
  const batch = await ask(`${url}/api/imports`, token, { filter: {} })
  while (((await ask(`${url}/api/imports/${String(batch.id)}`, token)).pending as number) > 0) await sleep(200)
}

/** Checks the day; resolves with the milliseconds that it took. */
async function check(url: string, token: string): Promise<number> {
  const begin = performance.now()
  await ask(`${url}/api/settlements/${DATE}/check`, token, {})
  let day
  do {
    await sleep(50)
    day = await ask(`${url}/api/settlements?start_date=${DATE}&end_date=${DATE}`, token)
  } while ((day.root as unknown as { status: string }[])[0]!.status === 'checking')
  const [{ c8, differences, check_error: error }] = day.root as unknown as [
    { c8: { orders: number }; differences: number; check_error: string | null },
  ]
  if (error !== null || differences > 0 || c8.orders !== ORDERS)
    throw new Error(`the check found ${JSON.stringify(day)}`)
  return performance.now() - begin
}

/**
 * The check of a day against a C8 that takes 20 ms a call: against the ideal, and what goBox's messages wait meanwhile.
 */
export async function benchCheck() {
  const sandbox = await startSandbox()
  await sandbox.control.settings({ workflow_executions: 1 })
  const app = await startApp(temporaryFolder(), {
    NUXT_C8_ALLOWED_ORIGINS: sandbox.c8Url,
    NUXT_GOBOX_URL: sandbox.goboxUrl,
  })
  const shop = await logIn(app.url, sandbox)
  await sell(app.url, sandbox, shop)
  await sandbox.control.latency({ c8: LATENCY })
  const took = await check(app.url, shop.token)
  const load = runLoad({
    url: `${app.url}/api/create_order`,
    headers: { token: shop.localToken },
    connections: CONNECTIONS,
    seconds: ideal / 1000,
    rate: RATE,
    body: newMessage,
  })
  await check(app.url, shop.token)
  const webhook = await load
  await app.stop()
  await sandbox.close()
  return { took, ratio: took / ideal, webhook }
}
