import { setTimeout as sleep } from 'node:timers/promises'
import { startSandbox } from '../sandbox/server.ts'
import { startApp, temporaryFolder } from './app.ts'
import { ask, logIn } from './shop.ts'

const ORDERS = 1000
const LATENCY = 20
const AT_ONCE = 4
const HOUR = 3_600_000

/** So many orders into a C8 that takes 20 ms a call, four at a time, against what the necessary calls alone would take. */
export async function benchImport() {
  const sandbox = await startSandbox()
  await sandbox.control.settings({ workflow_executions: 1 })
  await sandbox.control.latency({ c8: LATENCY })
  const app = await startApp(temporaryFolder(), { NUXT_C8_ALLOWED_ORIGINS: sandbox.c8Url })
  const { token, localToken } = await logIn(app.url, sandbox)
  await ask(`${app.url}/api/devices`, token, { name: '一号柜', dev_id: 1, store_id: 1, bank_id: 1, member_id: 1, employee_id: 1, bill_type: 1 })
  const [product] = [...sandbox.state.products.values()]
  const time = new Date(Date.now() + 8 * HOUR).toISOString().slice(0, 19).replace('T', ' ')
  for (let number = 0; number < ORDERS; number++) {
    await ask(`${app.url}/api/create_order`, localToken, {
      trans_id: `B${number}`, status: 100, e_id: 'E', dev_id: 1, create_time: time, update_time: time,
      products: [{ barcode: product!.barcode, name: '水', num: 1, amount: 2 }],
    })
  }
  await sandbox.control.clearCalls()
  const begin = performance.now()
  const { id } = await ask(`${app.url}/api/imports`, token, { filter: {} })
  let pending = ORDERS
  while (pending > 0) {
    await sleep(100)
    pending = (await ask(`${app.url}/api/imports/${String(id)}`, token)).pending as number
  }
  const took = performance.now() - begin
  const calls = (await sandbox.control.calls()).filter(({ step }) => step.startsWith('c8.')).length
  await app.stop()
  await sandbox.close()
  const ideal = calls * LATENCY / AT_ONCE
  return { orders: ORDERS, calls, took, ideal, ratio: took / ideal }
}
