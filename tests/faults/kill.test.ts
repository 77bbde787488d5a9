import { expect, test } from 'vitest'
import { randomFrom } from '../../sandbox/shop.ts'
import { orderMessage, useApp } from '../api/server.ts'
import { expectIntact, rounds, seed, tryToSend } from './setup.ts'

const CLIENTS = 16

const context = useApp()

test('after kill -9 under webhook load every acknowledged message is there, and the database is intact', async () => {
  const { app } = context
  const random = randomFrom(seed)
  const shop = await app.openShop()
  const acknowledged = new Map<string, number>()
  let sent = 0
  let answers = 0
  let killAfter = Infinity
  let killed: Promise<unknown> | undefined

  /** One order after the other, each first paid and then refunded, until the server is gone. */
  async function client() {
    for (;;) {
      const transId = `K${++sent}`
      for (const [status, update_time] of [
        [100, '2026-11-20 10:00:05'],
        [103, '2026-11-20 11:00:00'],
      ] as const) {
        if (!(await tryToSend(app, shop, { ...orderMessage(transId), status, update_time }))) return
        acknowledged.set(transId, status)
        // At once, when what the answer promised is most likely not there yet.
        if (++answers >= killAfter) killed ??= app.kill9()
      }
    }
  }

  for (let round = 0; round < rounds(3, 60); round++) {
    killed = undefined
    killAfter = answers + 20 + random() * 200
    await Promise.all(Array.from({ length: CLIENTS }, client))
    await killed
    await app.start()
    expectIntact(app)
    const stored = new Map(
      app
        .rows<{ trans_id: string; status: number }>('SELECT trans_id, status FROM orders')
        .map((row) => [row.trans_id, row.status]),
    )
    const lost = [...acknowledged].filter(([transId, status]) => !(stored.get(transId)! >= status))
    expect(lost, `round ${round}, seed ${seed}`).toEqual([])
  }
})
