import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { App, orderMessage } from '../api/server.ts'
import { expectTotalsRecounted, useNodes } from './nodes.ts'

const context = useNodes()

it('three nodes that start on an empty database at once prepare it once', async () => {
  const first = await App.start()
  await first.end('SIGTERM')
  first.change('DROP SCHEMA public CASCADE')
  first.change('DROP SCHEMA IF EXISTS drizzle CASCADE')
  first.change('CREATE SCHEMA public')
  const [, second, third] = await Promise.all([first.start(), first.startNode(), first.startNode()])
  try {
    const shop = await first.openShop()
    for (const node of [second, third]) await node.receive(shop, node.url)
    expect(first.rows('SELECT id FROM nodes')).toHaveLength(3)
  } finally {
    for (const node of [third, second, first]) await node!.close()
  }
})

it('a rolling restart under load fails no request that a load balancer passes on', async () => {
  const { nodes, shop } = context
  let isOver = false
  let sent = 0
  /** As a balancer does it: whoever says that it leaves, or is not there, is left out. */
  const send = async (body: ReturnType<typeof orderMessage>) => {
    for (let attempt = 0; attempt < 200; attempt++, await sleep(20)) {
      const node = nodes[(sent + attempt) % nodes.length]!
      const answer = await node.ask('POST /api/create_order', { token: shop.localToken, body }).catch(() => undefined)
      if (answer?.status === 200) return
      if (answer) expect(answer.status).toBe(503)
    }
    throw new Error('no node took the message')
  }
  const clients = Array.from({ length: 4 }, async (_, client) => {
    for (let count = 0; !isOver; count++, sent++) await send(orderMessage(`R${client}-${count}`))
  })
  const { control } = nodes[0]!.sandbox
  for (const [index, node] of nodes.entries()) {
    // What a node is at when it is told to stop, it brings to its end.
    const id = await node.receive(shop, `W${index}`)
    await control.fault({ step: 'c8.retail_create', kind: 'slow', ms: 300, times: 1 })
    const answer = node.ask(`POST /api/orders/${id}?action=import`, { token: shop.token })
    await expect.poll(() => control.calls('c8.retail_create'), { interval: 10 }).toHaveLength(index + 1)
    await node.restart()
    expect(await answer).toMatchObject({ status: 200 })
  }
  isOver = true
  await Promise.all(clients)
  expect(sent).toBeGreaterThan(20)
  expect(nodes[0]!.rows("SELECT count(*) AS count FROM orders WHERE trans_id LIKE 'R%'")).toEqual([{ count: sent }])
}, 90_000)

it('the totals equal a recount after all of this', () => expectTotalsRecounted((sql) => context.nodes[0]!.rows(sql)))
