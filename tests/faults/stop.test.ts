import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { orderMessage, useApp } from '../api/server.ts'
import { eventually, expectIntact, expectOneDocumentEach, queue, rounds, tryToSend, untilIdle } from './setup.ts'

const built = fileURLToPath(new URL('../../.output/server/index.mjs', import.meta.url))
const LONGEST_STOP = 8000

// Makes a bug in the running app: an error that nobody catches, or a promise that nobody looks after.
const bugs = `data:text/javascript,${encodeURIComponent(`
  process.on('SIGUSR2', () => { throw new Error('a bug nobody caught') })
  process.on('SIGWINCH', () => { Promise.reject(new Error('a promise nobody looked after')) })
`)}`

const context = useApp({ NODE_OPTIONS: `--import=${bugs}` })

test('SIGTERM under load: exit 0 within 8 s, and nothing that was acknowledged is lost', async () => {
  const { app } = context
  const shop = await app.openShop()
  await app.addDevice(shop)
  for (let round = 0; round < rounds(1, 10); round++) {
    const name = `${shop.name}-${round}`
    const acknowledged: string[] = []
    const imported = `${name}-import`
    const id = await app.receive(shop, imported)
    // What holds a stop up: an import that C8 does not answer, a stream that is read, a request that never gets ready,
    // and load.
    await app.sandbox.control.fault({ step: 'c8.retail_create', kind: 'drip', ms: 60_000, times: 1 })
    const batch = await queue(app, shop, [id])
    await eventually(async () => (await app.sandbox.control.faults()).length === 0)
    const stream = await fetch(`${app.url}/api/imports/${batch}/events`, { headers: { token: shop.token } })
    const slow = connect(Number(new URL(app.url).port), '127.0.0.1', () =>
      slow.write('POST /api/create_order HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{'),
    )
    slow.on('error', () => {})
    const clients = Array.from({ length: 16 }, async (_, client) => {
      for (let index = 0; ; index++) {
        const transId = `${name}-${client}-${index}`
        if (!(await tryToSend(app, shop, orderMessage(transId)))) return
        acknowledged.push(transId)
      }
    })
    await eventually(() => acknowledged.length > 50)
    const begin = performance.now()
    expect(await app.end('SIGTERM')).toBe(0)
    expect(performance.now() - begin).toBeLessThan(LONGEST_STOP)
    await Promise.all(clients)
    await stream.body?.cancel().catch(() => {})
    slow.destroy()
    await app.start()
    expectIntact(app)
    const stored = new Set(app.rows<{ trans_id: string }>('SELECT trans_id FROM orders').map((row) => row.trans_id))
    expect(acknowledged.filter((transId) => !stored.has(transId))).toEqual([])
    await untilIdle(app, shop)
    await expectOneDocumentEach(app, shop, [imported])
  }
})

test('SIGTERM while a clerk waits for an import: it is finished and answered first', async () => {
  const { app } = context
  const shop = await app.openShop()
  await app.addDevice(shop)
  const id = await app.receive(shop, `${shop.name}-1`)
  await app.sandbox.control.fault({ step: 'c8.retail_create', kind: 'slow', ms: 1000, times: 1 })
  const answer = app.ask(`POST /api/orders/${id}?action=import`, { token: shop.token })
  await eventually(async () => (await app.sandbox.control.faults()).length === 0)
  expect(await app.end('SIGTERM')).toBe(0)
  expect(await answer).toMatchObject({ status: 200, body: { state: 1 } })
  await app.start()
  await expectOneDocumentEach(app, shop, [`${shop.name}-1`])
})

test.for([
  ['SIGUSR2', 'uncaughtException', 'a bug nobody caught'],
  ['SIGWINCH', 'unhandledRejection', 'a promise nobody looked after'],
] as const)(
  '%s stands for a bug: it is logged as %s, and the process ends with 1',
  async ([signal, event, message]) => {
    const { app } = context
    expect(await app.end(signal)).toBe(1)
    const line = app.output.split('\n').find((text) => text.includes(event))
    expect(line).toContain(message)
    await app.start()
    expectIntact(app)
  },
)

/** Starts the server on the data folder of the one that runs, with the same settings. */
async function startSecond(port: string) {
  const { app } = context
  const child = spawn(process.execPath, [built], {
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: port,
      NUXT_DATA_DIR: app.folder,
      NUXT_GOBOX_URL: app.sandbox.goboxUrl,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk))
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(timer)
  return { code, output }
}

test('a second process on the same data folder refuses to start, and the first goes on', async () => {
  const { app } = context
  const shop = await app.openShop()
  const { code, output } = await startSecond('0')
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringMatching(/^goBox 没有启动：数据目录 .+ 正被另一个 goBox 进程使用.+\n$/) as string,
  })
  await app.receive(shop, `${shop.name}-1`)
  expectIntact(app)
})

test('a process that was killed leaves no lock behind', async () => {
  const { app } = context
  await app.kill9()
  await app.start()
  expect((await app.ask('GET /api/health')).status).toBe(200)
})
