import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PostgresServer } from '../../sandbox/postgres.ts'
import { App, orderMessage, type Shop } from '../api/server.ts'
import { expectTotalsRecounted, isLong } from './nodes.ts'

const LOAD = isLong ? 10_000 : 1500
/** No answer takes longer than this, in milliseconds; held to it where nothing else keeps the machine busy. */
const LONGEST = 5000

let primary: PostgresServer
let standby: PostgresServer
let nodes: App[]
let shop: Shop

/** A primary whose commits wait for a standby, and two nodes that know both. */
beforeAll(async () => {
  primary = await PostgresServer.start({ durable: true })
  await primary.end()
  standby = await primary.startStandby({ durable: true })
  await primary.startAgain({ synchronous_standby_names: '*' })
  const { host } = new URL(primary.url())
  const url = primary.url().replace(host, `${host},${new URL(standby.url()).host}`)
  const settings = { NUXT_DATABASE_URL: url, NUXT_SECRET_KEY: Buffer.alloc(32, 9).toString('base64') }
  const first = await App.start(settings)
  nodes = [first, await first.startNode()]
  shop = await first.openShop()
}, 120_000)

afterAll(async () => {
  for (const node of nodes?.toReversed() ?? []) await node.close()
  for (const server of [standby, primary]) await server?.stop()
})

const send = (node: App, transId: string) =>
  node.ask('POST /api/create_order', { token: shop.localToken, body: orderMessage(transId) })

/** Sends messages at both nodes while `run` goes on; resolves with those that were acknowledged. */
async function underLoad(prefix: string, run: () => Promise<void>) {
  const acknowledged: string[] = []
  const other: number[] = []
  let longest = 0
  let isOver = false
  const clients = nodes.map(async (node, client) => {
    for (let count = 0; !isOver; count++) {
      const transId = `${prefix}${client}-${count}`
      const begin = performance.now()
      const { status } = await send(node, transId)
      longest = Math.max(longest, performance.now() - begin)
      if (status === 200) acknowledged.push(transId)
      else other.push(status)
      await sleep(5)
    }
  })
  await sleep(LOAD)
  await run()
  await sleep(LOAD)
  isOver = true
  await Promise.all(clients)
  expect(acknowledged.length).toBeGreaterThan(20)
  expect(new Set(other)).toEqual(new Set([503]))
  if (isLong) expect(longest).toBeLessThan(LONGEST)
  return acknowledged
}

async function untilWritten() {
  const begin = performance.now()
  while ((await send(nodes[0]!, 'again')).status !== 200) {
    expect(performance.now() - begin, 'milliseconds since the promotion').toBeLessThan(isLong ? LONGEST : 20_000)
    await sleep(50)
  }
}

/** Holds that the server has each of these messages, once. */
async function expectStored(server: PostgresServer, transIds: string[]) {
  const rows = await server.query<{ trans_id: string }>('SELECT trans_id FROM orders')
  const stored = new Set(rows.map(({ trans_id }) => trans_id))
  expect(stored.size).toBe(rows.length)
  expect(transIds.filter((transId) => !stored.has(transId))).toEqual([])
}

it('a primary that freezes keeps no answer waiting, and acknowledges nothing once another has taken its place', async () => {
  const acknowledged = await underLoad('Z', async () => {
    primary.signalAll('SIGSTOP')
    const asked = nodes.map((node, index) => node.ask('GET /api/devices', { token: shop.token }).then(() => index))
    expect(await Promise.all(asked)).toEqual([0, 1])
    await standby.promote()
    await untilWritten()
    primary.signalAll('SIGCONT')
    // While its successor is away it is the only one that answers.
    standby.signalAll('SIGSTOP')
    for (let question = 0; question < 2; question++)
      for (const node of nodes)
        expect(await node.ask('GET /api/devices', { token: shop.token })).toMatchObject({ status: 503 })
    standby.signalAll('SIGCONT')
    await untilWritten()
  })
  await expectStored(standby, acknowledged)
  // One that starts now has not seen the promotion, and its address names the old one first.
  const late = await nodes[0]!.startNode()
  try {
    expect(await send(late, 'late')).toMatchObject({ status: 200 })
  } finally {
    await late.close()
  }
  await expectStored(standby, ['late'])
}, 120_000)

it('a primary that is killed under load and replaced by its standby loses nothing that was acknowledged', async () => {
  // The one of the test before is a primary without a standby: a copy of it takes the place of the one that froze.
  const { port } = primary
  await primary.stop()
  ;[primary, standby] = [standby, primary]
  await primary.end()
  standby = await primary.startStandby({ durable: true }, port)
  await primary.startAgain({ synchronous_standby_names: '*' })
  await untilWritten()
  const acknowledged = await underLoad('P', async () => {
    await primary.end('SIGKILL')
    await standby.promote()
    await untilWritten()
  })
  await expectStored(standby, acknowledged)
}, 120_000)

it('the totals equal a recount after all of this', () => expectTotalsRecounted((sql) => standby.query(sql)))
