import { beforeEach, describe, expect, it } from 'vitest'
import type { Fault } from '../../sandbox/fault-model.ts'
import { App, failed, useApp, type Shop } from './server.ts'

const TIMEOUT = 1000
const context = useApp({ NUXT_C8_SETTLE: '1000', NUXT_UPSTREAM_TIMEOUT: String(TIMEOUT) })
const control = () => context.app.sandbox.control

beforeEach(() => control().settings({ retail_filter: 'exact', empty_for_null: false }))

const importOrder = (shop: Shop, id: number) => context.app.ask(`POST /api/orders/${id}?action=import`, shop)
const BROKEN = { status: 422, body: failed(/C8 查找零售单.*导入已暂停/, 'c8_lookup_broken') }

/** A shop with an imported order, so that a C8 whose filter is broken has something to answer. */
async function openShopWithDocument(): Promise<Shop> {
  const shop = await context.app.openShop()
  await context.app.addDevice(shop)
  expect((await importOrder(shop, await context.app.receive(shop, 'first'))).status).toBe(200)
  await control().clearCalls()
  return shop
}

/** Logs in anew and waits until the check that comes with it has ended. */
async function logInAgain(shop: Shop): Promise<Shop> {
  const { token, c8Token } = await context.app.logIn(shop.name, 15)
  await expect.poll(() => checksOf(c8Token)).toHaveLength(1)
  return { ...shop, token, c8Token }
}

/** Logs in and goes on while the check is under way. */
async function logInAtOnce(shop: Shop): Promise<string> {
  const c8Token = await context.app.addC8Token(15, [shop.name])
  return (await context.app.logInWith(c8Token, { set_of_book: shop.name })).body.token as string
}

async function checksOf(c8Token: string) {
  const calls = await control().calls('c8.retail_lookup')
  return calls.filter((call) => call.token === c8Token && call.path.includes('self-check-'))
}

async function pausedReason(shop: Shop) {
  return (await context.app.ask('GET /api/automation', shop)).body.import_paused_reason
}

describe('at a log-in', () => {
  it('C8 is asked once for the document of an order that cannot exist', async () => {
    const shop = await openShopWithDocument()
    const { c8Token } = await logInAgain(shop)
    const [call] = await checksOf(c8Token)
    const query = new URL(call!.path, 'http://c8').searchParams
    expect([...query.keys()]).toEqual(['source', 'source_id'])
    expect(query.get('source')).toBe('gobox')
    const { c8Token: other } = await logInAgain(shop)
    expect((await checksOf(other))[0]!.path).not.toBe(call!.path)
  })

  it('where C8 answers documents all the same, imports are refused and the queue rests, until it works', async () => {
    const { app } = context
    const shop = await openShopWithDocument()
    await control().settings({ retail_filter: 'ignore' })
    const loggedIn = await logInAgain(shop)
    const id = await app.receive(shop, 'second')
    expect(await importOrder(loggedIn, id)).toMatchObject(BROKEN)
    expect(await pausedReason(loggedIn)).toMatch(/没有按订单号筛选/)
    expect((await app.ask('POST /api/imports', { token: loggedIn.token, body: { ids: [id] } })).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(await app.findOrder(loggedIn, 'second')).toMatchObject({ import_state: 'queued', is_imported: false })
    expect(await control().calls('c8.retail_create')).toEqual([])
    // The verdict outlives the process, and a log-in alone does not lift it.
    await app.restart()
    expect(await importOrder(loggedIn, id)).toMatchObject(BROKEN)
    const still = await logInAgain(shop)
    expect(await importOrder(still, id)).toMatchObject(BROKEN)
    await control().settings({ retail_filter: 'exact' })
    const again = await logInAgain(shop)
    await expect.poll(() => pausedReason(again)).toBeNull()
    await expect.poll(() => app.findOrder(again, 'second')).toMatchObject({ import_state: 'imported' })
    expect(await control().documents('second')).toHaveLength(1)
  })

  it('an order that is imported stays a conflict while the look-up is broken', async () => {
    const shop = await openShopWithDocument()
    await control().settings({ retail_filter: 'ignore' })
    const loggedIn = await logInAgain(shop)
    const { id } = (await context.app.findOrder(loggedIn, 'first'))!
    expect((await importOrder(loggedIn, id)).status).toBe(409)
  })

  const inconclusive: [string, Omit<Fault, 'step'>][] = [
    ['404', { kind: 'text', status: 404 }],
    ['a refusal', { kind: 'refuse' }],
    ['that the session has ended', { kind: 'lapsed_token' }],
    ['500', { kind: 'status', status: 500 }],
    ['garbage', { kind: 'garbage' }],
    ['a reset', { kind: 'reset' }],
    ['nothing in time', { kind: 'slow', ms: 60_000 }],
    ['something that is no list', { kind: 'text', status: 200, message: '{"state":1}' }],
  ]
  it.each(inconclusive)('%s leaves the last verdict, and the log-in', async (_, fault) => {
    const shop = await openShopWithDocument()
    const once = { step: 'c8.retail_lookup', containing: 'self-check-', times: 1, ...fault } as const
    await control().fault(once)
    const works = await logInAgain(shop)
    expect((await importOrder(works, await context.app.receive(shop, 'works'))).status).toBe(200)
    expect(await control().faults()).toEqual([])
    await control().settings({ retail_filter: 'ignore' })
    const broken = await logInAgain(shop)
    const id = await context.app.receive(shop, 'broken')
    expect(await importOrder(broken, id)).toMatchObject(BROKEN)
    await control().settings({ retail_filter: 'exact' })
    await control().fault(once)
    const still = await logInAgain(shop)
    expect(await importOrder(still, id)).toMatchObject(BROKEN)
  })

  it.each(['null', ''])('%j says that there is none', async (message) => {
    const shop = await openShopWithDocument()
    await control().settings({ retail_filter: 'ignore' })
    const broken = await logInAgain(shop)
    const id = await context.app.receive(shop, 'none')
    expect(await importOrder(broken, id)).toMatchObject(BROKEN)
    await control().settings({ retail_filter: 'exact' })
    await control().fault({ step: 'c8.retail_lookup', containing: 'self-check-', kind: 'text', status: 200, message })
    const again = await logInAgain(shop)
    expect((await importOrder(again, id)).status).toBe(200)
  })

  it('of another kind of document is enough to tell that the filter does not work', async () => {
    const shop = await openShopWithDocument()
    await control().fault({
      step: 'c8.retail_lookup',
      containing: 'self-check-',
      kind: 'text',
      status: 200,
      message: '{"success":true,"root":[{"number":1}]}',
    })
    const loggedIn = await logInAgain(shop)
    expect(await importOrder(loggedIn, await context.app.receive(shop, 'odd'))).toMatchObject(BROKEN)
  })
})

describe('a check that C8 does not answer', () => {
  it('does not hold up the log-in, and imports wait for its end', async () => {
    const shop = await openShopWithDocument()
    const id = await context.app.receive(shop, 'waits')
    await control().fault({ step: 'c8.retail_lookup', containing: 'self-check-', kind: 'slow', ms: 60_000 })
    const begin = performance.now()
    const token = await logInAtOnce(shop)
    expect(performance.now() - begin).toBeLessThan(TIMEOUT - 200)
    const importing = importOrder({ ...shop, token }, id)
    const { body } = await context.app.ask('GET /api/devices', { token })
    expect(body.state).toBe(1)
    expect((await importing).status).toBe(200)
    expect(performance.now() - begin).toBeGreaterThan(TIMEOUT - 200)
    expect(performance.now() - begin).toBeLessThan(TIMEOUT * 4)
  })

  it('holds up no other account set', async () => {
    const [slow, other] = [await openShopWithDocument(), await openShopWithDocument()]
    const ids = [await context.app.receive(slow, 'slow'), await context.app.receive(other, 'other')]
    await control().fault({ step: 'c8.retail_lookup', containing: 'self-check-', kind: 'slow', ms: 60_000 })
    const token = await logInAtOnce(slow)
    const waiting = importOrder({ ...slow, token }, ids[0]!)
    const begin = performance.now()
    expect((await importOrder(other, ids[1]!)).status).toBe(200)
    expect(performance.now() - begin).toBeLessThan(TIMEOUT)
    expect((await waiting).status).toBe(200)
  })
})

describe('once a day', () => {
  it('C8 is asked again at the start, for an account set that was not asked for a day', async () => {
    const app = await App.start({ NUXT_UPSTREAM_TIMEOUT: String(TIMEOUT) })
    try {
      const shop = await app.openShop()
      const asked = async () =>
        (await app.sandbox.control.calls('c8.retail_lookup')).filter(({ token }) => token === shop.c8Token).length
      await expect.poll(asked).toBe(1)
      await expect.poll(() => app.rows('SELECT lookup_checked_at AS at FROM set_of_books')).not.toEqual([{ at: null }])
      await app.restart()
      await new Promise((resolve) => setTimeout(resolve, 1000))
      expect(await asked()).toBe(1)
      await app.end('SIGTERM')
      app.change('UPDATE set_of_books SET lookup_checked_at = lookup_checked_at - 86400001')
      await app.start()
      await expect.poll(asked).toBe(2)
    } finally {
      await app.close()
    }
  })
})
