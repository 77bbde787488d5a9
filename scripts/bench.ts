import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { benchFootprint } from '../bench/footprint.ts'
import { benchImport } from '../bench/import.ts'
import { benchQueries } from '../bench/queries.ts'
import { benchWebhook } from '../bench/webhook.ts'

// npm run bench -- --orders=10000,100000,1000000 --rounds=3
const { values } = parseArgs({ options: { orders: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '3' } } })
const rounds = Number(values.rounds)

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!
const round = (number: number) => Math.round(number * 100) / 100

async function repeat<T>(run: () => Promise<T>): Promise<T[]> {
  const results = []
  for (let index = 0; index < rounds; index++) results.push(await run())
  return results
}

function print(title: string, rows: Record<string, number>) {
  console.log(`\n${title}`)
  console.table(Object.fromEntries(Object.entries(rows).map(([name, value]) => [name, { value: round(value) }])))
}

const machine = `${cpus().length} × ${cpus()[0]!.model}, Node ${process.version}`
console.log(`${machine}; medians of ${rounds}`)

const footprint = await repeat(benchFootprint)
print('Start, memory, size', {
  'start on an empty folder, ms': median(footprint.map(({ startTime }) => startTime)),
  'idle memory, MiB': median(footprint.map(({ memory }) => memory)),
  'build, MiB': footprint[0]!.size,
  'all JavaScript of the pages, KiB gzip': footprint[0]!.scripts,
})

const webhook = await repeat(benchWebhook)
print('Webhook, 64 connections', {
  'bare server, requests/s': median(webhook.map(({ bare }) => bare.rate)),
  'app, requests/s': median(webhook.map(({ app }) => app.rate)),
  'app / bare': median(webhook.map(({ ratio }) => ratio)),
  'app p99, ms': median(webhook.map(({ app }) => app.p99)),
  'failed': webhook.reduce((sum, { app }) => sum + app.failed, 0),
})

const imports = await repeat(benchImport)
print('Import of 1,000 orders, 20 ms a call, 4 at a time', {
  'took, s': median(imports.map(({ took }) => took)) / 1000,
  'calls': imports[0]!.calls,
  'took / ideal': median(imports.map(({ ratio }) => ratio)),
})

const queries = []
for (const orders of values.orders.split(',').map(Number)) {
  const result = await benchQueries(orders)
  queries.push(result)
  print(`Questions to ${orders} orders, p95 in ms`, { ...result.p95, 'start, ms': result.startTime, 'bytes an order': result.bytesAnOrder, 'seeding, s': result.seeding / 1000 })
}

writeFileSync('bench/results.json', `${JSON.stringify({ machine, date: new Date().toISOString().slice(0, 10), footprint, webhook, imports, queries }, null, 2)}\n`)
process.exit(0)
