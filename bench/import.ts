import { setTimeout as sleep } from 'node:timers/promises'
import { startSandbox } from '../sandbox/server.ts'
import { startApp, temporaryFolder } from './app.ts'
import { ask, configure, logIn } from './shop.ts'

const ORDERS = 1000
const LATENCY = 20
const AT_ONCE = 4
const HOUR = 3_600_000

const start = (env: NodeJS.ProcessEnv) => startApp(temporaryFolder(), env)

/**
 * So many orders into a C8 that takes 20 ms a call, four at a time, against what the necessary calls alone would take.
 */
export async function benchImport(database: NodeJS.ProcessEnv = {}, nodes = 1) {
  const sandbox = await startSandbox()
  await sandbox.control.settings({ workflow_executions: 1 })
  await sandbox.control.latency({ c8: LATENCY })
  const env = { NUXT_C8_ALLOWED_ORIGINS: sandbox.c8Url, ...database }
  const app = await start(env)
  const others = await Promise.all(Array.from({ length: nodes - 1 }, () => start(env)))
  const { token, localToken } = await logIn(app.url, sandbox)
  await configure(app.url, sandbox, token)
  const [product] = [...sandbox.state.products.values()]
  const time = new Date(Date.now() + 8 * HOUR).toISOString().slice(0, 19).replace('T', ' ')
  for (let number = 0; number < ORDERS; number++) {
    await ask(`${app.url}/api/create_order`, localToken, {
      trans_id: `B${number}`,
      status: 100,
      e_id: 'E',
      dev_id: 1,
      create_time: time,
      update_time: time,
      products: [{ barcode: product!.barcode, name: '水', num: 1, amount: 2 }],
    })
  }
  await sandbox.control.clearCalls()
  const begin = performance.now()
  const { id } = await ask(`${app.url}/api/imports`, token, { filter: {} })
  let progress
  do {
    await sleep(100)
    progress = await ask(`${app.url}/api/imports/${String(id)}`, token)
  } while ((progress.pending as number) > 0)
  const took = performance.now() - begin
  if (progress.imported !== ORDERS)
    throw new Error(`only ${String(progress.imported)} of ${ORDERS} orders were imported`)
  const calls = (await sandbox.control.calls()).filter(({ step }) => step.startsWith('c8.')).length
  for (const node of [...others, app]) await node.stop()
  await sandbox.close()
  const ideal = (calls * LATENCY) / AT_ONCE
  return { orders: ORDERS, calls, took, ideal, ratio: took / ideal }
}
