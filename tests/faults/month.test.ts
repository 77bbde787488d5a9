import { expect, test } from 'vitest'
import type { Fault, Step } from '../../sandbox/fault-model.ts'
import { randomFrom, startOfDay, timeText } from '../../sandbox/shop.ts'
import { failed, useApp } from '../api/server.ts'
import { DAY } from './clock.ts'
import { arrive, FATES } from './month-fates.ts'
import { checkDays, expectBooks, view } from './month-books.ts'
import { CABINETS, MonthShop, pick, type Random, type Sale } from './month-shop.ts'
import { expectIntact, rounds, seed } from './setup.ts'

const DAYS = rounds(28, 31)
/** So many days go by before somebody looks at them. */
const STEP = rounds(14, 7)
const ORDERS_A_DAY = rounds(2, 40)
const FAULTS_A_STEP = rounds(4, 60)

const context = useApp({ NUXT_C8_SETTLE: '1000', NUXT_UPSTREAM_TIMEOUT: '2000' })
const control = () => context.app.sandbox.control

const goboxSteps: Step[] = ['gobox.token', 'gobox.trade', 'gobox.trade']
const importSteps: Step[] = ['c8.products', 'c8.retail_lookup', 'c8.retail_create', 'c8.confirm', 'c8.workflow']

function anyFault(random: Random, steps: Step[]): Fault {
  const step = pick(random, steps)
  const isCreate = step === 'c8.retail_create' && random() < 0.6
  const kinds = isCreate
    ? (['create_then_drop', 'create_then_500', 'create_then_garbage'] as const)
    : (['status', 'garbage', 'reset', 'redirect', 'slow', 'refuse'] as const)
  return { step, kind: pick(random, kinds), times: 1, ms: 50 }
}

/** Lets some of the next calls of these steps fail. */
function disturb(random: Random, steps: Step[]) {
  const faults = Array.from({ length: FAULTS_A_STEP }, () => anyFault(random, steps))
  return Promise.all(faults.map((fault) => control().fault(fault)))
}

/** The day's orders: each fate in turn, so that none is missing. */
function sellDays(shop: MonthShop, dates: string[]): Sale[] {
  const names = Object.keys(FATES)
  return dates.flatMap((date) =>
    Array.from({ length: ORDERS_A_DAY }, () => shop.sell(date, names[shop.sales.length % names.length]!)),
  )
}

/** The same for each, one after the other, as the seed has it. */
async function eachSale(shop: MonthShop, sales: Sale[], step: 'plant' | 'mend') {
  for (const sale of sales) await FATES[sale.fate]![step]?.(shop, sale)
}

async function expectAgreed(shop: MonthShop, dates: string[]) {
  for (const date of dates) expectBooks(shop, await view(shop, date))
}

/** Some days go by: orders come, are imported, looked at, mended, looked at again. */
async function live(shop: MonthShop, dates: string[]) {
  const { random } = shop
  const sales = sellDays(shop, dates)
  for (const sale of sales) await arrive(shop, sale)
  await disturb(random, importSteps)
  await shop.importAll(sales.filter(({ fate }) => !FATES[fate]!.isLeft))
  await control().clearFaults()
  await eachSale(shop, sales, 'plant')
  await checkDays(shop, dates, () => disturb(random, [...goboxSteps, 'c8.retail_lookup']))
  await expectAgreed(shop, dates)
  await control().clearFaults()
  await eachSale(shop, sales, 'mend')
  await checkDays(shop, dates, () => disturb(random, goboxSteps))
  await expectAgreed(shop, dates)
  await control().clearFaults()
}

/** A closed day as its page and the list show it, but for the count of what came since. */
async function shownOf(shop: MonthShop, date: string): Promise<string> {
  const { url } = context.app
  const headers = { token: shop.shop.token }
  const paths = [`/api/settlements/${date}`, `/api/settlements?start_date=${date}&end_date=${date}`]
  const texts = await Promise.all(paths.map(async (path) => (await fetch(url + path, { headers })).text()))
  return texts.join('\n').replaceAll(/"changed_after_close":\d+/g, '')
}

/** Closes a day; what is open in it needs a reason. */
async function close(shop: MonthShop, date: string): Promise<string> {
  const request = `POST /api/settlements/${date}/close`
  const { differences } = await view(shop, date)
  if (differences.some((row) => row.resolved_at === null))
    expect(await shop.ask(request)).toMatchObject({ status: 422, body: failed(/差异/, 'day_needs_note') })
  expect(await shop.ask(request, { note: '月底结账' })).toMatchObject({ status: 200, body: { status: 'closed' } })
  return shownOf(shop, date)
}

/** What happens to closed days all the same, here and at both upstreams; `Sale`s follow. */
async function disturbClosedDay(shop: MonthShop, date: string) {
  const count = (more: number) => shop.changes.set(date, (shop.changes.get(date) ?? 0) + more)
  const late = shop.sell(date, 'afterClose')
  late.kinds.add('not_imported')
  await shop.list(late)
  await shop.send(late)
  count(1)
  const refusal = { status: 409, body: failed(/已日结/, 'day_closed') }
  expect(await shop.ask(`POST /api/orders/${shop.row(late)!.id}?action=import`)).toMatchObject(refusal)
  const imported = shop.sales.find((sale) => sale.date === date && sale.fate === 'plain')
  if (!imported) return
  imported.fate = 'disturbed'
  expect(await shop.ask(`POST /api/orders/${shop.row(imported)!.id}?action=init_order`)).toMatchObject(refusal)
  await FATES.refundedAfter!.plant!(shop, imported)
  count(1)
  await FATES.documentGone!.plant!(shop, imported)
  await FATES.refundHandled!.mend!(shop, imported)
}

async function expectKept(shop: MonthShop, closed: Map<string, string>) {
  for (const [date, shown] of closed) {
    expect(await shownOf(shop, date)).toBe(shown)
    const changes = shop.changes.get(date) ?? 0
    expect((await view(shop, date)).changed_after_close).toBe(changes)
    expect((await shop.ask(`GET /api/settlements/${date}/changes`)).body).toMatchObject({ total: changes })
  }
}

async function liveAMonth(shop: MonthShop, dates: string[]) {
  const closed = new Map<string, string>()
  for (let first = 0; first < dates.length; first += STEP) {
    const some = dates.slice(first, first + STEP)
    await live(shop, some)
    for (const date of some.filter((_, index) => index % 2 === 0)) closed.set(date, await close(shop, date))
    for (const date of [...closed.keys()].filter((_, index) => index % 3 === 0)) await disturbClosedDay(shop, date)
  }
  return closed
}

async function openAgain(shop: MonthShop, date: string) {
  expect(await shop.ask(`POST /api/settlements/${date}/reopen`, { note: '漏了一单' })).toMatchObject({ status: 200 })
  await checkDays(shop, [date], async () => undefined)
  expectBooks(shop, await view(shop, date))
}

test(`a month of two shops with faults at both upstreams: each difference is found with its kind, none is invented, and closed days stay as they were closed, to the byte`, async () => {
  const { app } = context
  await control().settings({ retail_fields: ['source_id', 'total_amount'], workflow_executions: 1, page_size: 5 })
  const dates = Array.from({ length: DAYS }, (_, index) =>
    timeText(startOfDay(Date.now()) - (DAYS - index) * DAY).slice(0, 10),
  )
  const shops = await Promise.all(
    [1, 2].map(async (number) => new MonthShop(app, await app.openShopWithCredentials(), randomFrom(seed + number))),
  )
  for (const { shop } of shops) for (const dev_id of CABINETS) await app.addDevice(shop, { dev_id, name: `${dev_id}` })
  const closed = await Promise.all(shops.map((shop) => liveAMonth(shop, dates)))
  await app.kill9()
  await app.start()
  for (const [index, shop] of shops.entries()) {
    await expectKept(shop, closed[index]!)
    await expectAgreed(
      shop,
      dates.filter((date) => !closed[index]!.has(date)),
    )
    for (const [date] of [...closed[index]!].slice(0, 2)) await openAgain(shop, date)
  }
  expectIntact(app)
})
