import '#nitro-internal-pollyfills'
import { toNodeListener } from 'h3'
import { useNitroApp } from 'nitropack/runtime'
import { isChild } from './child-mode.ts'
import { useConfig } from './config.ts'
import { isWebhookPath } from './http/api-path.ts'
import { boundRequests } from './http/bound-requests.ts'
import { createLimitedServer } from './http/limited-server.ts'
import { log } from './log/log.ts'
import { closeServer } from './http/close-server.ts'
import { leaveService } from './services/check-health.ts'
import { whenStarted } from './start.ts'
import { answerWebhook } from './webhook.ts'

/*
 * The production server in place of Nitro's own entry, which leaves Node's limits at their defaults: minutes for a slow
 * client, any number of connections.
 */

/** Milliseconds; whatever hangs at a stop, it does not keep the process. */
const LONGEST_STOP = 7500

const nitro = useNitroApp()

function listen() {
  const listener = boundRequests(toNodeListener(nitro.h3App))
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
  // Not awaited: the storage's part of the build imports this one.
  void whenStarted().then(() =>
    server.listen({ port, host: process.env.NITRO_HOST ?? process.env.HOST }, () =>
      log.info({ address: server.address() }, 'listening'),
    ),
  )
  return server
}

/** Stops in order: not fit any more, requests answered, background work stopped, everything committed. */
function stopOnSignal(server: ReturnType<typeof listen>) {
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), LONGEST_STOP).unref()
    log.info({ signal }, 'stopping')
    leaveService()
    await closeServer(server)
    await nitro.hooks.callHook('close')
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
}

/** The state is undefined after an uncaught error: exit, and let the supervisor start a fresh process. */
function exitOnUncaughtError() {
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => {
      log.fatal({ err: error }, event)
      process.exit(1)
    })
  }
}

/** Node prints its warnings itself, and waits for whoever reads standard error. */
function logWarnings() {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => log.warn({ err: warning }, 'warning'))
}

// A child of the server runs this program, too; server/start.ts gives it its task.
if (!isChild()) {
  logWarnings()
  exitOnUncaughtError()
  stopOnSignal(listen())
}

export default {}
