import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { benchCheck } from '../bench/check.ts'
import { benchExport } from '../bench/export.ts'
import { benchFootprint } from '../bench/footprint.ts'
import { benchImport } from '../bench/import.ts'
import { benchMemory } from '../bench/memory.ts'
import { benchMixed } from '../bench/mixed.ts'
import { benchPages } from '../bench/pages.ts'
import {
  benchDeltas,
  benchPostgresImport,
  benchPostgresQueries,
  benchPostgresWebhook,
  closeServer,
} from '../bench/postgres.ts'
import { benchQueries } from '../bench/queries.ts'
import { benchWebhook } from '../bench/webhook.ts'

// npm run bench -- --orders=10000,100000 --rounds=1 --minutes=1 --only=webhook,import
const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '10000,100000,1000000,5000000' },
    rounds: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '5' },
    only: { type: 'string' },
  },
})
const rounds = Number(values.rounds)
const sizes = values.orders.split(',').map(Number)
/** The size for which the bounds of questions, export and mixed load hold. */
const MILLION = 1_000_000
const BOOKS = Math.min(MILLION, Math.max(...sizes))

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!
const round = (number: number) => Math.round(number * 100) / 100

/** A figure and what it may be: at most, or at least. */
type Row = [name: string, values: number[], bound?: { max: number } | { min: number }]

interface Result {
  median: number
  values: number[]
  bound?: object
  holds?: boolean
}
const date = new Date().toISOString().slice(0, 10)
const results: Record<string, { date: string; figures: Record<string, Result> }> = {}

function report(title: string, rows: Row[]) {
  const table: Record<string, Result> = {}
  for (const [name, values, bound] of rows) {
    const middle = median(values)
    const holds = bound && ('max' in bound ? middle <= bound.max : middle >= bound.min)
    table[name] = { median: round(middle), values: values.map(round), ...(bound ? { bound, holds } : {}) }
  }
  results[title] = { date, figures: table }
  console.log(`\n${title}`)
  console.table(
    Object.fromEntries(
      Object.entries(table).map(([name, { median, bound, holds }]) => [
        name,
        {
          median,
          bound: bound ? JSON.stringify(bound).replace(/[{}"]/g, '').replace('max:', '≤ ').replace('min:', '≥ ') : '',
          holds: holds === undefined ? '' : holds ? 'yes' : 'NO',
        },
      ]),
    ),
  )
}

/** Milliseconds that a question may take at a million orders. */
function longestOf(question: string): number {
  if (question.startsWith('a report')) return 300
  return question === 'the overview' || question.startsWith('find') ? 100 : 50
}

const SECTIONS: Record<string, () => Promise<void>> = {
  async footprint() {
    const all = await repeat(benchFootprint)
    report('Start, memory, size', [
      ['start on an empty folder, ms', all.map(({ startTime }) => startTime), { max: 800 }],
      ['idle memory, MiB', all.map(({ memory }) => memory), { max: 110 }],
      ['build, MiB', [all[0]!.size], { max: 30 }],
      ['all JavaScript of the pages, KiB gzip', [all[0]!.scripts]],
    ])
  },
  async webhook() {
    const all = await repeat(benchWebhook)
    report('Webhook, 64 connections', [
      ['bare server, requests/s', all.map(({ bare }) => bare.rate)],
      ['app, requests/s', all.map(({ app }) => app.rate)],
      ['app / bare', all.map(({ ratio }) => ratio), { min: 0.7 }],
      ['app p99, ms', all.map(({ app }) => app.p99), { max: 30 }],
      ['failed', all.map(({ app }) => app.failed), { max: 0 }],
    ])
  },
  async import() {
    const all = await repeat(benchImport)
    report('Import of 1,000 orders, 20 ms a call, 4 at a time', [
      ['took, s', all.map(({ took }) => took / 1000)],
      ['calls', all.map(({ calls }) => calls)],
      ['took / ideal', all.map(({ ratio }) => ratio), { max: 1.25 }],
    ])
  },
  async check() {
    const all = await repeat(benchCheck)
    report('Check of a day with 5,000 orders, 20 ms a call, 4 at a time', [
      ['took, s', all.map(({ took }) => took / 1000)],
      ['took / ideal', all.map(({ ratio }) => ratio), { max: 1.25 }],
      ['500 messages/s meanwhile, webhook p99, ms', all.map(({ webhook }) => webhook.p99), { max: 100 }],
      ['failed', all.map(({ webhook }) => webhook.failed), { max: 0 }],
    ])
  },
  async queries() {
    for (const orders of sizes) {
      const all = await repeat(() => benchQueries(orders))
      const bounded = orders === BOOKS
      report(`Questions to ${orders} orders, p95 in ms`, [
        ...Object.keys(all[0]!.p95).map((name): Row => [
          name,
          all.map(({ p95 }) => p95[name]!),
          bounded ? { max: longestOf(name) } : undefined,
        ]),
        ['start, ms', all.map(({ startTime }) => startTime), bounded ? { max: 1200 } : undefined],
        ['bytes an order', [all[0]!.bytesAnOrder], { max: 700 }],
        ['seeding, s', [all[0]!.seeding / 1000], bounded ? { max: 120 } : undefined],
      ])
    }
  },
  async export() {
    const all = await repeat(() => benchExport(BOOKS))
    report(`Export of ${BOOKS} orders`, [
      ['bare loop, s', all.map(({ bare }) => bare / 1000)],
      ['csv, s', all.map(({ csv }) => csv / 1000)],
      ['xlsx, s', all.map(({ xlsx }) => xlsx / 1000)],
      ['speed of csv / bare loop', all.map(({ ratio }) => ratio), { min: 0.5 }],
      ['memory grows by, csv, MiB', all.map(({ growthCsv }) => growthCsv), { max: 64 }],
      ['memory grows by, xlsx, MiB', all.map(({ growthXlsx }) => growthXlsx), { max: 64 }],
    ])
  },
  async mixed() {
    const all = await repeat(() => benchMixed(BOOKS))
    report(`500 messages/s during export, overview and a batch of 1,000, with ${BOOKS} orders`, [
      ['messages/s', all.map(({ webhook }) => webhook.rate)],
      ['webhook p50, ms', all.map(({ webhook }) => webhook.p50)],
      ['webhook p99, ms', all.map(({ webhook }) => webhook.p99), { max: 100 }],
      ['failed', all.map(({ webhook }) => webhook.failed), { max: 0 }],
      ['exports', all.map(({ exports }) => exports)],
      ['overviews', all.map(({ overviews }) => overviews)],
      ['imported', all.map(({ imported }) => imported)],
    ])
  },
  async postgres() {
    const webhook = await repeat(benchPostgresWebhook)
    const gainBound = cpus().length >= 6 ? { min: 1.5 } : undefined
    report('PostgreSQL: webhook, 64 connections', [
      ['bare node:http and pg, requests/s', webhook.map(({ bare }) => bare.rate)],
      ['one node, requests/s', webhook.map(({ one }) => one.rate)],
      ['one node / bare', webhook.map(({ ratio }) => ratio), { min: 0.65 }],
      ['three nodes, requests/s', webhook.map(({ three }) => three.rate)],
      // They share the cores with the load, and with PostgreSQL.
      [`three nodes / one, on ${cpus().length} cores`, webhook.map(({ gain }) => gain), gainBound],
      ['failed', webhook.map(({ one, three }) => one.failed + three.failed), { max: 0 }],
    ])
    const deltas = await repeat(benchDeltas)
    report('PostgreSQL: orders a second in groups of 64', [
      ['with totals', deltas.map(({ withTotals }) => withTotals)],
      ['without', deltas.map(({ without }) => without)],
      ['with / without', deltas.map(({ ratio }) => ratio), { min: 0.9 }],
    ])
    const queue = await repeat(benchPostgresImport)
    report('PostgreSQL: import of 1,000 orders on three nodes, 20 ms a call, 4 at a time', [
      ['took, s', queue.map(({ took }) => took / 1000)],
      ['took / ideal', queue.map(({ ratio }) => ratio), { max: 1.25 }],
    ])
    const questions = await repeat(() => benchPostgresQueries(BOOKS))
    report(
      `PostgreSQL: questions to ${BOOKS} orders, p95 against SQLite's`,
      Object.keys(questions[0]!.postgres).flatMap((name): Row[] => [
        [`${name}, ms`, questions.map(({ postgres }) => postgres[name]!)],
        [
          `${name} / SQLite`,
          questions.map(({ postgres, sqlite }) => postgres[name]! / sqlite[name]!),
          name === 'the overview' ? undefined : { max: 2 },
        ],
      ]),
    )
    await closeServer()
  },
  async pages() {
    const all = await repeat(() => benchPages(Math.min(10_000, BOOKS)))
    report('A page of 1,000 orders in the browser, ms', [
      ['drawn after', all.map(({ drawn }) => drawn)],
      ['choosing, slowest answer', all.map(({ choosing }) => choosing), { max: 100 }],
      ['choosing all', all.map(({ choosingAll }) => choosingAll), { max: 100 }],
      ['unfolding', all.map(({ unfolding }) => unfolding), { max: 100 }],
      ['typing', all.map(({ typing }) => typing), { max: 100 }],
    ])
  },
  async memory() {
    const all = await repeat(() => benchMemory(Number(values.minutes)))
    report(`Memory under full load, ${values.minutes} minutes`, [
      ['after the first minute, MiB', all.map(({ afterFirst }) => afterFirst)],
      ['at the end, MiB', all.map(({ afterAll }) => afterAll), { max: 220 }],
      ['requests/s', all.map(({ rate }) => rate)],
      ['failed', all.map(({ failed }) => failed), { max: 0 }],
    ])
  },
}

async function repeat<T>(run: () => Promise<T>): Promise<T[]> {
  const results = []
  for (let index = 0; index < rounds; index++) results.push(await run())
  return results
}

const machine = `${cpus().length} × ${cpus()[0]!.model}, Node ${process.version}`
console.log(`${machine}; medians of ${rounds}`)
const only = values.only?.split(',')
for (const [name, section] of Object.entries(SECTIONS)) {
  if (!only || only.includes(name)) await section()
}
// A run of some sections leaves the figures of the others.
const FILE = 'bench/results.json'
const others = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as { results: object }).results : {}
writeFileSync(FILE, `${JSON.stringify({ machine, results: { ...others, ...results } }, null, 2)}\n`)
process.exit(
  Object.values(results).every(({ figures }) => Object.values(figures).every(({ holds }) => holds !== false)) ? 0 : 1,
)
