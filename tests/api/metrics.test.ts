import { spawnSync } from 'node:child_process'
import { describe, expect, it, vi } from 'vitest'
import { deviceInput, orderMessage, useApp, type App } from './server.ts'

const token = 'a metrics token of its own'.replaceAll(' ', '-')
const world = useApp({ NUXT_METRICS_TOKEN: token })

async function scrape(app: App, authorization?: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(`${app.url}/metrics`, {
    method,
    headers: { ...(authorization === undefined ? {} : { authorization }), ...headers },
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** The value of a series, by its name and labels in any order. */
function valueOf(text: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const line = text
    .split('\n')
    .find((line) => new RegExp(`^${name}(?:[{ ])`).test(line) && wanted.every((label) => line.includes(label)))
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}

const FAMILIES = {
  gobox_http_requests_total: 'counter',
  gobox_http_request_duration_seconds: 'histogram',
  gobox_webhook_messages_total: 'counter',
  gobox_orders: 'gauge',
  gobox_import_queue_orders: 'gauge',
  gobox_import_queue_age_seconds: 'gauge',
  gobox_attention_items: 'gauge',
  gobox_imports_total: 'counter',
  gobox_upstream_calls_total: 'counter',
  gobox_upstream_call_duration_seconds: 'histogram',
  gobox_group_commit_size: 'histogram',
  gobox_group_commit_duration_seconds: 'histogram',
  gobox_event_loop_delay_seconds: 'summary',
  gobox_database_size_bytes: 'gauge',
  gobox_last_webhook_timestamp_seconds: 'gauge',
  gobox_last_download_timestamp_seconds: 'gauge',
  gobox_last_backup_timestamp_seconds: 'gauge',
  process_cpu_seconds_total: 'counter',
  nodejs_heap_size_used_bytes: 'gauge',
}

describe('the metrics', () => {
  it('are given in Prometheus’s text format to who brings the token', async () => {
    const { status, headers, text } = await scrape(world.app, `Bearer ${token}`)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(headers.get('cache-control')).toBe('no-store')
    for (const [name, type] of Object.entries(FAMILIES)) expect(text).toContain(`# TYPE ${name} ${type}\n`)
    for (const what of ['webhook', 'download', 'backup'])
      expect(valueOf(text, `gobox_last_${what}_timestamp_seconds`), 'it has never happened').toBeUndefined()
  })

  it.skipIf(spawnSync('promtool', ['--version']).status !== 0)('have names that Prometheus finds right', async () => {
    const { text } = await scrape(world.app, `Bearer ${token}`)
    const { stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    // Those of Node are the client's.
    expect(stderr.split('\n').filter((line) => line !== '' && !/^(?:nodejs|process)_/.test(line))).toEqual([])
  })

  it('are refused in plain text to everybody else, whatever token they bring', async () => {
    const shop = await world.app.openShop()
    const headers = { 'x-forwarded-for': '10.9.0.1' }
    for (const authorization of [
      undefined,
      `Bearer ${shop.token}`,
      `Bearer ${shop.localToken}`,
      `Basic ${token}`,
      token,
    ]) {
      const answer = await scrape(world.app, authorization, { token: shop.token, ...headers })
      expect(answer).toMatchObject({ status: 401, text: expect.stringMatching(/^[^{]+\n$/) as string })
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
    const posted = await scrape(world.app, `Bearer ${token}`, {}, 'POST')
    expect(posted).toMatchObject({ status: 405, text: expect.stringMatching(/^[^{]+\n$/) as string })
    expect(posted.headers.get('allow')).toBe('GET, HEAD')
  })

  it('count a wrong token like any other, but never hold back the good one', async () => {
    const headers = { 'x-forwarded-for': '10.9.0.2' }
    for (let count = 0; count < 60; count++) expect((await scrape(world.app, 'Bearer wrong', headers)).status).toBe(401)
    const refused = await scrape(world.app, 'Bearer wrong', headers)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.headers.get('content-type')).toMatch(/^text\/plain/)
    expect((await scrape(world.app, `Bearer ${token}`, headers)).status).toBe(200)
    const { status } = await world.app.ask('GET /api/summary', { token: 'wrong', headers })
    expect(status).toBe(429)
  })

  it('count a request that is refused with the route it was meant for', async () => {
    const { app } = world
    const wrong = { token: 'wrong', headers: { 'x-forwarded-for': '10.9.0.3' } }
    const before = (await scrape(app, `Bearer ${token}`)).text
    for (const request of ['GET /api/orders/7', 'PUT /api/devices/7', 'GET /api/nowhere'])
      expect((await app.ask(request, wrong)).status).toBe(401)
    await vi.waitFor(async () => {
      const { text } = await scrape(app, `Bearer ${token}`)
      for (const [route, method] of [
        ['/api/orders/[id]', 'GET'],
        ['/api/devices/[id]', 'PUT'],
        ['other', 'GET'],
      ] as const) {
        const labels = { route, method, status: '401' }
        const grown = (from: string) => valueOf(from, 'gobox_http_requests_total', labels) ?? 0
        expect(grown(text) - grown(before), route).toBe(1)
      }
    })
  })

  it('tell the delays of the event loop since the last scrape, and their sum', async () => {
    const name = 'gobox_event_loop_delay_seconds'
    const { text: before } = await scrape(world.app, `Bearer ${token}`)
    await vi.waitFor(async () => {
      const { text } = await scrape(world.app, `Bearer ${token}`)
      expect(valueOf(text, `${name}_count`)).toBeGreaterThan(valueOf(before, `${name}_count`)!)
      expect(valueOf(text, `${name}_sum`)).toBeGreaterThanOrEqual(valueOf(before, `${name}_sum`)!)
      expect(valueOf(text, name, { quantile: '1' })).toBeGreaterThanOrEqual(valueOf(text, name, { quantile: '0.5' })!)
    })
  })

  it('tell what came of messages, orders, imports and calls, and name nobody', async () => {
    const { app } = world
    const before = (await scrape(app, `Bearer ${token}`)).text
    const shop = await app.openShopWithCredentials()
    await app.addDevice(shop, deviceInput())
    const id = await app.receive(shop, 'METRIC-1')
    await app.receive(shop, 'METRIC-1', { status: 101, update_time: '2026-11-20 10:00:09' })
    await app.receive(shop, 'METRIC-1', { status: 100, update_time: '2026-11-20 10:00:10' })
    await app.receive(shop, 'METRIC-1', { update_time: '2026-11-20 09:00:00' })
    await app.ask('POST /api/create_order', {
      token: shop.localToken,
      body: { ...orderMessage('METRIC-2'), status: 999 },
    })
    expect((await app.ask(`POST /api/orders/${id}?action=import`, { token: shop.token })).status).toBe(200)
    await vi.waitFor(async () => {
      const { text } = await scrape(app, `Bearer ${token}`)
      const grown = (name: string, labels: Record<string, string>) =>
        (valueOf(text, name, labels) ?? 0) - (valueOf(before, name, labels) ?? 0)
      expect(grown('gobox_webhook_messages_total', { outcome: 'created' })).toBe(1)
      expect(grown('gobox_webhook_messages_total', { outcome: 'updated' })).toBe(2)
      expect(grown('gobox_webhook_messages_total', { outcome: 'unchanged' })).toBe(1)
      expect(grown('gobox_webhook_messages_total', { outcome: 'rejected' })).toBe(1)
      expect(grown('gobox_imports_total', { outcome: 'imported' })).toBe(1)
      expect(grown('gobox_orders', { status: '100', import_state: 'imported' })).toBe(1)
      const webhook = { route: '/api/create_order', method: 'POST' }
      expect(grown('gobox_http_requests_total', { ...webhook, status: '200' })).toBe(4)
      expect(grown('gobox_http_request_duration_seconds_count', { ...webhook, status: '400' })).toBe(1)
      const imported = { route: '/api/orders/[id]', method: 'POST', status: '200' }
      expect(grown('gobox_http_requests_total', imported)).toBe(1)
      const create = { upstream: 'C8', step: 'create_retail', outcome: 'ok' }
      expect(grown('gobox_upstream_calls_total', create)).toBe(1)
      expect(grown('gobox_upstream_call_duration_seconds_bucket', { ...create, le: '+Inf' })).toBe(1)
      expect(grown('gobox_group_commit_size_count', {})).toBeGreaterThan(4)
      expect(valueOf(text, 'gobox_database_size_bytes')).toBeGreaterThan(50_000)
      expect(text).not.toMatch(/METRIC-|陈晓东/)
      expect(text).not.toContain(shop.name)
    })
  })
})

describe('without NUXT_METRICS_TOKEN', () => {
  const plain = useApp()
  it('there are no metrics, also for who brings some token', async () => {
    for (const authorization of [undefined, 'Bearer undefined', `Bearer ${token}`]) {
      const answer = await scrape(plain.app, authorization)
      expect(answer).toMatchObject({ status: 404, text: expect.stringMatching(/^[^{]+\n$/) as string })
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
    }
  })

  it('there is nothing whatever the method', async () => {
    for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect((await scrape(plain.app, undefined, {}, method)).status, method).toBe(404)
  })
})
