import '#nitro-internal-pollyfills'
import { toNodeListener } from 'h3'
import { useNitroApp } from 'nitropack/runtime'
import { setupGracefulShutdown } from 'nitropack/runtime/internal/shutdown'
import { useConfig } from './utils/config'
import { createLimitedServer } from './utils/http-server'
import { log } from './utils/log'

/*
 * The production server in place of Nitro's own entry, which leaves Node's limits at their defaults: minutes for a slow client, any number
 * of connections.
 */

const nitro = useNitroApp()
const server = createLimitedServer(toNodeListener(nitro.h3App), { exempt: useConfig().trustedProxies })

server.once('error', (error) => {
  console.error(`goBox 没有启动：端口不能使用（${error.message}），请检查 PORT 和 HOST`)
  process.exit(1)
})
const port = Number(process.env.NITRO_PORT ?? process.env.PORT ?? 3000)
server.listen({ port, host: process.env.NITRO_HOST ?? process.env.HOST }, () => log.info({ address: server.address() }, 'listening'))

for (const event of ['unhandledRejection', 'uncaughtException'] as const) process.on(event, (error: unknown) => log.error({ err: error }, event))
setupGracefulShutdown(server, nitro)

export default {}
