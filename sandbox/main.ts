import { parseArgs } from 'node:util'
import { startSandbox } from './server.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const sandbox = await startSandbox({ port: Number(values.port) })

console.log(`goBox: ${sandbox.goboxUrl}\nC8: ${sandbox.c8Url}\nControl: ${sandbox.url}/_control/`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void sandbox.close())
}
