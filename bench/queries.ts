import { statSync } from 'node:fs'
import { join } from 'node:path'
import { REPORT_DAYS } from '#shared/report-kinds'
import { seeded } from './seeded.ts'
import { ask, logIn } from './shop.ts'

const ROUNDS = 40

/** What a clerk asks for, as trade_view's query; `{…}` is filled in from an order in the middle of the books. */
const QUESTIONS: Record<string, string> = {
  nothing: '',
  'a day': 'start_date={day}&end_date={day}',
  'a month': 'start_date={month}-01&end_date={month}-28',
  'a device': 'dev_id={device}',
  'a status': 'status=103',
  imported: 'is_imported=1',
  'not imported': 'is_imported=0',
  'device and status': 'dev_id={device}&status=100',
  'status, imported, month': 'status=100&is_imported=1&start_date={month}-01&end_date={month}-28',
  'one trans_id': 'trans_id={order}',
  'the last page': 'start={last}',
}

const DAY = 86_400_000
const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10)

const percentile95 = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)]!

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await run()
  return performance.now() - begin
}

async function measure(run: () => Promise<unknown>): Promise<number> {
  await run()
  const times = []
  for (let round = 0; round < ROUNDS; round++) times.push(await timed(run))
  return percentile95(times)
}

/** For so long the to-dos are asked for: they are judged anew every three seconds, which nobody is to notice. */
const WATCHED = 10_000

async function slowestWithin(milliseconds: number, run: () => Promise<unknown>): Promise<number> {
  let slowest = 0
  for (const end = performance.now() + milliseconds; performance.now() < end;)
    slowest = Math.max(slowest, await timed(run))
  return slowest
}

/** Questions to an account set of so many orders: p95 in milliseconds over HTTP, the start, and bytes an order. */
export async function benchQueries(orders: number) {
  const { folder, took } = await seeded(orders)
  const bytesAnOrder = statSync(join(folder, 'gobox.db')).size / orders
  return { orders, seeding: took, bytesAnOrder, ...(await measureQuestions(orders)) }
}

/** p95 of each question, on a data folder or the database named. */
export async function measureQuestions(orders: number, database?: NodeJS.ProcessEnv) {
  const { sandbox, start } = await seeded(orders, database)
  const app = await start()
  const { token } = await logIn(app.url, sandbox)
  const view = `${app.url}/api/orders?action=trade_view`
  const {
    root: [middle],
  } = (await ask(`${view}&limit=1&start=${Math.floor(orders / 2)}`, token)) as unknown as {
    root: { trans_id: string; dev_id: number; create_time: string }[]
  }
  const values: Record<string, string> = {
    day: middle!.create_time.slice(0, 10),
    month: middle!.create_time.slice(0, 7),
    device: String(middle!.dev_id),
    order: middle!.trans_id,
    last: String(orders - 50),
  }
  const p95: Record<string, number> = {}
  for (const [name, query] of Object.entries(QUESTIONS)) {
    const filled = query.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values[key]!))
    p95[name] = await measure(() => ask(`${view}&${filled}`, token))
  }
  p95['the overview'] = await measure(() => ask(`${app.url}/api/summary?days=30`, token))
  p95['find by a part'] = await measure(() => ask(`${app.url}/api/find?q=${middle!.trans_id.slice(4, -2)}`, token))
  p95['find nothing'] = await measure(() => ask(`${app.url}/api/find?q=nowhere`, token))
  p95['the days of a month'] = await measure(() => ask(`${app.url}/api/settlements`, token))
  p95['the to-dos, slowest'] = await slowestWithin(WATCHED, () => ask(`${app.url}/api/attention`, token))
  p95['the failed imports by reason'] = await measure(() => ask(`${app.url}/api/import_failures`, token))
  // Of the longest range that each may have.
  for (const [by, days] of Object.entries(REPORT_DAYS)) {
    const range = `from=${dateOf(Date.now() - (days - 1) * DAY)}&to=${dateOf(Date.now())}`
    p95[`a report by ${by}`] = await measure(() => ask(`${app.url}/api/reports?by=${by}&${range}`, token))
  }
  await app.stop()
  return { startTime: app.startTime, p95 }
}
