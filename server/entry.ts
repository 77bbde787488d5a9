import '#nitro-internal-pollyfills'
import { toNodeListener } from 'h3'
import { useNitroApp } from 'nitropack/runtime'
import { useConfig } from './utils/config.ts'
import { createLimitedServer } from './utils/http-server.ts'
import { log } from './utils/log.ts'
import { closeServer } from './utils/shutdown.ts'
import { boundYoungGeneration } from './utils/young-generation.ts'
import { answerWebhook, isWebhookPath } from './webhook.ts'

/*
 * The production server in place of Nitro's own entry, which leaves Node's limits at their defaults: minutes for a slow client, any number
 * of connections.
 */

boundYoungGeneration()
const nitro = useNitroApp()
const listener = toNodeListener(nitro.h3App)
const server = createLimitedServer(
  (request, response) => {
    if (request.method === 'POST' && isWebhookPath(request.url!)) void answerWebhook(request, response)
    else listener(request, response)
  },
  { exempt: useConfig().trustedProxies },
)

server.once('error', (error) => {
  console.error(`goBox 没有启动：端口不能使用（${error.message}），请检查 PORT 和 HOST`)
  process.exit(1)
})
const port = Number(process.env.NITRO_PORT ?? process.env.PORT ?? 3000)
server.listen({ port, host: process.env.NITRO_HOST ?? process.env.HOST }, () =>
  log.info({ address: server.address() }, 'listening'),
)

let stopping = false

/** Ends in order: no new requests, those under way answered, what runs by itself stopped, everything committed. */
async function stop(signal: string) {
  if (stopping) return
  stopping = true
  log.info({ signal }, 'stopping')
  await closeServer(server)
  await nitro.hooks.callHook('close')
  process.exit(0)
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))

for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
  process.on(event, (error: unknown) => {
    // In what state the process is now, nobody knows: a supervisor starts a fresh one, which takes up what this one leaves.
    log.fatal({ err: error }, event)
    process.exit(1)
  })
}

export default {}
