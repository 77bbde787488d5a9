import { expect, test } from 'vitest'
import { orderMessage, useApp, type Shop } from '../api/server.ts'
import { eventually, expectOneDocumentEach, orderRows, queue, rounds, tryToSend, untilIdle } from './setup.ts'

const DEADLINE = 5000
const context = useApp({ NUXT_UPSTREAM_TIMEOUT: String(DEADLINE) })

async function fill(shop: Shop, orders: number) {
  await context.app.addDevice(shop)
  const transIds = Array.from({ length: orders }, (_, index) => `${shop.name}-${index}`)
  const ids: number[] = []
  for (const transId of transIds) ids.push(await context.app.receive(shop, transId))
  return { transIds, ids }
}

test('C8 drips its answers to one account set for minutes: the deadline holds, the webhook answers, other account sets go on', async () => {
  const { app } = context
  const [slow, quick] = [await app.openShop(), await app.openShop()]
  const hanging = await fill(slow, 8)
  const fine = await fill(quick, 6)
  // A byte each ten seconds: the shortest answer takes longer than five minutes.
  await app.sandbox.control.fault({
    step: 'c8.retail_lookup',
    kind: 'drip',
    ms: 10_000,
    containing: `source_id=${slow.name}-`,
  })
  await queue(app, slow, hanging.ids.slice(1))
  const clerk = app.ask(`POST /api/orders/${hanging.ids[0]}?action=import`, { token: slow.token })
  await eventually(async () => (await app.sandbox.control.calls('c8.retail_lookup')).length >= 5)
  const begin = performance.now()

  const late: number[] = []
  for (let index = 0; index < rounds(50, 500); index++) {
    const sent = performance.now()
    expect(await tryToSend(app, quick, orderMessage(`${quick.name}-w${index}`))).toBe(true)
    if (performance.now() - sent > DEADLINE / 2) late.push(index)
  }
  await queue(app, quick, fine.ids)
  await untilIdle(app, quick)
  expect(late).toEqual([])
  await expectOneDocumentEach(app, quick, fine.transIds)
  expect(orderRows(app, slow).filter((row) => row.import_state === 'imported')).toEqual([])

  expect((await clerk).status).toBe(504)
  expect(performance.now() - begin, 'not minutes').toBeLessThan(6 * DEADLINE)
  await app.sandbox.control.clearFaults()
  await untilIdle(app, slow)
  await expectOneDocumentEach(app, slow, hanging.transIds.slice(1))
})
