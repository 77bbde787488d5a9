import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { Unavailable } from '#server/errors'
import { findServer } from '#server/storage/postgres/open'
import { Primary } from '#server/storage/postgres/primary'
import { PostgresServer } from '../../../../../sandbox/postgres.ts'

const opened: { stop: () => Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.stop()
})

/** A primary with a standby that must have each commit, and the app's connections to them. */
async function startPair() {
  const first = await PostgresServer.start()
  opened.push(first)
  await first.query('CREATE TABLE kept (id integer PRIMARY KEY)')
  await first.end()
  const second = await first.startStandby()
  opened.push(second)
  await first.startAgain({ synchronous_standby_names: '*' })
  return { first, second, primary: connectTo(first, second) }
}

function connectTo(...servers: PostgresServer[]): Primary {
  const primary = new Primary(servers.map((server) => server.url()))
  opened.push({ stop: () => primary.close() })
  return primary
}

const insert = (primary: Primary, id: number) => primary.query('INSERT INTO kept VALUES ($1)', [id])
const idsOf = async (server: PostgresServer) =>
  (await server.query<{ id: number }>('SELECT id FROM kept ORDER BY id')).map(({ id }) => id)

/** Tries until it succeeds; returns how long that took in milliseconds, and how long the longest refusal did. */
async function untilDone(run: () => Promise<unknown>) {
  const begin = performance.now()
  let longest = 0
  for (;;) {
    const tried = performance.now()
    try {
      await run()
      return { took: performance.now() - begin, longest }
    } catch (error) {
      expect(error).toBeInstanceOf(Unavailable)
      longest = Math.max(longest, performance.now() - tried)
      if (performance.now() - begin > 30_000) throw error
      await sleep(50)
    }
  }
}

describe('connections to PostgreSQL', () => {
  it('go to the server that takes writes, whichever stands first', async () => {
    const { first, second } = await startPair()
    await insert(connectTo(second, first), 1)
    expect(await idsOf(first)).toEqual([1])
    // A start that is told of nothing else says why it cannot be.
    await expect(findServer([second.url()])).rejects.toThrow('只读的（备库）')
  })

  it('move on after the primary has died, without a restart', async () => {
    const { first, second, primary } = await startPair()
    await insert(primary, 1)
    first.signalAll('SIGKILL')
    await expect(insert(primary, 2)).rejects.toThrow(Unavailable)
    await second.promote()
    const { took } = await untilDone(() => insert(primary, 3))
    expect(took).toBeLessThan(5000)
    expect(await idsOf(second)).toEqual([1, 3])
  })

  it('do not hang on a frozen primary, nor go back to it when it wakes up', async () => {
    const { first, second, primary } = await startPair()
    await insert(primary, 1)
    first.signalAll('SIGSTOP')
    const begin = performance.now()
    const refusals = [2, 3, 4].map((id) => expect(insert(primary, id)).rejects.toThrow(Unavailable))
    await Promise.all(refusals)
    expect(performance.now() - begin).toBeLessThan(5000)
    await second.promote()
    expect((await untilDone(() => insert(primary, 5))).longest).toBeLessThan(5000)
    first.signalAll('SIGCONT')
    await sleep(500)
    // Another outage makes the app look around again: the old primary still says that it takes writes.
    await second.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'goBox'`)
    await untilDone(() => insert(primary, 6))
    expect(await idsOf(second)).toEqual([1, 5, 6])
  })

  it('do not take a commit for one that no standby has', async () => {
    const { first, second, primary } = await startPair()
    await second.end()
    const acknowledged = insert(primary, 1)
    const refused = expect(acknowledged).rejects.toThrow(Unavailable)
    // Somebody cancels what hangs.
    for (let isWaiting = false; !isWaiting; await sleep(20)) {
      const rows = await first.query(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)
      isWaiting = rows.length > 0
    }
    await refused
  })

  it('serve goBox while what staff ask for takes all their places', async () => {
    const { primary } = await startPair()
    const slow = Array.from({ length: 30 }, () => primary.query('SELECT pg_sleep(1)').catch(() => {}))
    await sleep(200)
    const begin = performance.now()
    await primary.use('messages', (session) => session.query('SELECT 1'))
    expect(performance.now() - begin).toBeLessThan(500)
    await Promise.all(slow)
  })

  it('run a transaction again that lost against another', async () => {
    const { first } = await startPair()
    const primary = connectTo(first)
    await primary.query('CREATE TABLE pair (id integer PRIMARY KEY, amount integer)')
    await primary.query('INSERT INTO pair VALUES (1, 0), (2, 0)')
    const add = (one: number, other: number) =>
      primary.transaction('work', async (transaction) => {
        await transaction.query('UPDATE pair SET amount = amount + 1 WHERE id = $1', [one])
        await sleep(100)
        await transaction.query('UPDATE pair SET amount = amount + 1 WHERE id = $1', [other])
      })
    await Promise.all([add(1, 2), add(2, 1)])
    const { rows } = await primary.query('SELECT amount FROM pair')
    expect(rows).toEqual([{ amount: 2 }, { amount: 2 }])
  })

  it('undo a transaction of which a statement failed, even if nobody minded', async () => {
    const { primary } = await startPair()
    await expect(
      primary.transaction('work', async (transaction) => {
        await transaction.query('INSERT INTO kept VALUES (1)')
        await transaction.query('INSERT INTO kept VALUES (1)').catch(() => {})
      }),
    ).rejects.toThrow('had failed')
    expect((await primary.query('SELECT FROM kept')).rowCount).toBe(0)
  })
})
