import { monitorEventLoopDelay } from 'node:perf_hooks'
import { collectDefaultMetrics, Registry, type Metric } from '@prometheus-io/client'
import { commitSizes, commitTimes, imports, requests, upstreamCalls, webhookMessages } from '../metrics/families.ts'
import type { Family } from '../metrics/tally.ts'
import { readActivity } from '../repositories/health.ts'
import { countAttention, countOrdersByState, databaseSize, readQueue } from '../repositories/measures.ts'
import { useBackups } from '../repositories/backups.ts'

const NANOSECONDS = 1e9
/** Milliseconds between two looks at the event loop, which are part of what is measured. */
const RESOLUTION = 10

type Labels = Record<string, string | number>
interface Sample {
  labels: Labels
  value: number
  metricName?: string
}
interface Exposed {
  name: string
  help: string
  type: 'counter' | 'gauge' | 'histogram' | 'summary'
  values: () => Sample[] | Promise<Sample[]>
}

/** A family as the client's registry asks for it. */
function counterOf(family: Family, name = family.name): Exposed {
  const values = () => family.entries().map(({ labels, tally }) => ({ labels, value: tally.count }))
  return { name, help: family.help, type: 'counter', values }
}

function histogramOf(family: Family): Exposed {
  const { name, help, bounds } = family
  const values = () =>
    family.entries().flatMap(({ labels, tally }) => {
      let below = 0
      const buckets = bounds.map((bound, index) => {
        below += tally.buckets[index]!
        return { labels: { ...labels, le: bound }, value: below, metricName: `${name}_bucket` }
      })
      return [
        ...buckets,
        { labels: { ...labels, le: '+Inf' }, value: tally.count, metricName: `${name}_bucket` },
        { labels, value: tally.sum, metricName: `${name}_sum` },
        { labels, value: tally.count, metricName: `${name}_count` },
      ]
    })
  return { name, help, type: 'histogram', values }
}

function register(registry: Registry, { name, help, type, values }: Exposed) {
  const get = async () => ({ name, help, type, values: await values(), aggregator: 'sum' })
  const metric = { name, get, reset() {} }
  registry.registerMetric(metric as unknown as Metric)
}

/** A gauge that is read on scrape; without a value it is absent (the client's own would show 0). */
function gauge(
  registry: Registry,
  name: string,
  help: string,
  read: (set: (value: number, labels?: Labels) => void) => void | Promise<void>,
) {
  const values = async () => {
    const samples: Sample[] = []
    await read((value, labels = {}) => samples.push({ labels, value }))
    return samples
  }
  register(registry, { name, help, type: 'gauge', values })
}

function registerOrders(registry: Registry) {
  gauge(registry, 'gobox_orders', 'Orders of all account sets.', async (set) => {
    for (const { status, importState, orders } of await countOrdersByState())
      set(orders, { status, import_state: importState })
  })
  const queue = () => readQueue(Date.now())
  gauge(registry, 'gobox_import_queue_orders', 'Orders that wait to be imported.', async (set) =>
    set((await queue()).orders),
  )
  gauge(registry, 'gobox_import_queue_age_seconds', 'How long the oldest order that is due waits.', async (set) => {
    const { dueSince } = await queue()
    set(dueSince === null ? 0 : Math.max(0, (Date.now() - dueSince) / 1000))
  })
}

function registerAttention(registry: Registry) {
  gauge(
    registry,
    'gobox_attention_items',
    'Things that need a person, of all account sets, snoozed or not.',
    async (set) => {
      for (const { kind, severity, items } of await countAttention(Date.now())) set(items, { kind, severity })
    },
  )
}

/** Times of the last occurrences, in seconds since 1970; absent if there was none. */
function registerTimes(registry: Registry) {
  const at = (name: string, help: string, read: () => Promise<number | null | undefined>) =>
    gauge(registry, name, help, async (set) => {
      const time = await read()
      if (time != null) set(time / 1000)
    })
  at(
    'gobox_last_webhook_timestamp_seconds',
    'When goBox last called the webhook of any account set.',
    async () => (await readActivity()).lastWebhook,
  )
  at(
    'gobox_last_download_timestamp_seconds',
    'When goBox last answered a download of any account set.',
    async () => (await readActivity()).lastDownload,
  )
  at(
    'gobox_last_backup_timestamp_seconds',
    'When the last good backup was made; only where the app itself makes them.',
    async () => useBackups()?.status().backup?.at,
  )
}

/** The quantiles are those since the last scrape; sum and count only grow. */
function eventLoopDelay(): Exposed {
  const name = 'gobox_event_loop_delay_seconds'
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION })
  histogram.enable()
  const toDelay = (nanoseconds: number) => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION / 1000)
  const whole = { sum: 0, count: 0 }
  const values = () => {
    const quantiles = [0.5, 0.9, 0.99, 1].map((quantile) => ({
      labels: { quantile },
      value: toDelay(histogram.percentile(quantile * 100)),
    }))
    whole.count += histogram.count
    if (histogram.count > 0) whole.sum += histogram.count * toDelay(histogram.mean)
    histogram.reset()
    return [
      ...quantiles,
      { labels: {}, value: whole.sum, metricName: `${name}_sum` },
      { labels: {}, value: whole.count, metricName: `${name}_count` },
    ]
  }
  return { name, help: 'How long the event loop kept a timer waiting since the last scrape.', type: 'summary', values }
}

function registerProcess(registry: Registry) {
  gauge(registry, 'gobox_database_size_bytes', 'Bytes that the database takes.', async (set) =>
    set(await databaseSize()),
  )
  register(registry, eventLoopDelay())
  collectDefaultMetrics({ register: registry })
}

function makeRegistry(): Registry {
  const registry = new Registry()
  for (const family of [requests, upstreamCalls, commitSizes, commitTimes]) register(registry, histogramOf(family))
  register(registry, counterOf(requests, 'gobox_http_requests_total'))
  register(registry, counterOf(upstreamCalls, 'gobox_upstream_calls_total'))
  for (const family of [webhookMessages, imports]) register(registry, counterOf(family))
  registerOrders(registry)
  registerAttention(registry)
  registerTimes(registry)
  registerProcess(registry)
  return registry
}

let registry: Registry | undefined

/** Everything that is measured, as Prometheus reads it. */
export async function exposeMetrics(): Promise<{ type: string; text: string }> {
  registry ??= makeRegistry()
  return { type: registry.contentType, text: await registry.metrics() }
}
