import { beforeAll, describe, expect, it, vi } from 'vitest'
import { AUDIT_EVENTS, type AuditEvent } from '#shared/audit'
import { deviceInput, orderMessage, useApp, type Shop } from '../server.ts'

const world = useApp()
let shop: Shop

beforeAll(async () => {
  shop = await world.app.openShopWithCredentials()
})

/** Sends a message that is refused and kept; returns its id. */
async function keepMessage(transId: string): Promise<number> {
  await world.app.ask('POST /api/create_order', {
    token: shop.localToken,
    body: { ...orderMessage(transId), status: 999 },
  })
  return world.app.rows<{ id: number }>('SELECT max(id) AS id FROM rejected_messages')[0]!.id
}

describe('an entry that cannot be written', () => {
  const TABLES = [
    'set_of_books',
    'sessions',
    'replaced_tokens',
    'devices',
    'orders',
    'order_events',
    'import_batches',
    'import_batch_items',
    'automations',
    'rejected_messages',
    'alert_channels',
    'barcode_aliases',
    'order_views',
    'order_view_defaults',
    'settlement_closings',
    'settlement_differences',
    'settlement_changes',
  ]
  // When the webhook was last called is noted now and then, whatever else happens.
  const stored = () =>
    TABLES.map((table) =>
      world.app.rows(`SELECT * FROM ${table} ORDER BY 1, 2`).map(({ last_webhook_at, ...row }) => row),
    )
  const ask = (request: string, body?: unknown, token = shop.token) => world.app.ask(request, { token, body })
  const ids = {} as Record<
    | 'device'
    | 'idle'
    | 'spare'
    | 'reset'
    | 'refund'
    | 'handled'
    | 'message'
    | 'spareMessage'
    | 'failedBatch'
    | 'waitingBatch'
    | 'channel'
    | 'spareChannel'
    | 'alias'
    | 'spareAlias'
    | 'difference'
    | 'view'
    | 'spareView',
    number
  >
  const leaving = {} as Record<'logged_out' | 'session_ended', string>

  beforeAll(async () => {
    shop = await world.app.openShopWithCredentials()
    ids.device = await world.app.addDevice(shop)
    for (const event of ['logged_out', 'session_ended'] as const)
      leaving[event] = (await world.app.logIn(shop.name, 15)).token
    ids.idle = await world.app.receive(shop, 'A-idle')
    ids.spare = await world.app.receive(shop, 'A-spare')
    ids.refund = await world.app.receive(shop, 'A-refund', { status: 104 })
    ids.handled = await world.app.receive(shop, 'A-handled', { status: 104 })
    await ask(`POST /api/orders/${ids.handled}?action=handle_refund`, { handled: true, note: 'x' })
    ids.message = await keepMessage('A-kept')
    ids.spareMessage = await keepMessage('A-thrown')
    world.app.change("UPDATE rejected_messages SET body = replace(body, '999', '100')")
    ids.reset = await world.app.receive(shop, 'A-reset')
    const { body } = await ask(`POST /api/orders/${ids.reset}?action=import`)
    await world.app.sandbox.control.deleteDocument(Number(body.retail_id))
    const unknown = await world.app.receive(shop, 'A-failed', { dev_id: 99 })
    ids.failedBatch = (await ask('POST /api/imports', { ids: [unknown] })).body.id as number
    await vi.waitUntil(async () => (await ask(`GET /api/imports/${ids.failedBatch}`)).body.failed === 1, {
      timeout: 10_000,
    })
    await makeDays()
    ids.channel = (await ask('POST /api/alert_channels', channel('a'))).body.id as number
    ids.spareChannel = (await ask('POST /api/alert_channels', channel('b'))).body.id as number
    ids.alias = (await ask('POST /api/barcode_aliases', alias('1'))).body.id as number
    ids.spareAlias = (await ask('POST /api/barcode_aliases', alias('2'))).body.id as number
    ids.view = (await ask('POST /api/order_views', view('1'))).body.id as number
    ids.spareView = (await ask('POST /api/order_views', view('2'))).body.id as number
    // The queue rests, so that what waits goes on waiting.
    world.app.change("UPDATE set_of_books SET import_paused_reason = 'test'")
    ids.waitingBatch = (await ask('POST /api/imports', { ids: [await world.app.receive(shop, 'A-waiting')] })).body
      .id as number
    await vi.waitUntil(async () => JSON.stringify((await ask('GET /api/attention')).body).includes('imports_paused'), {
      timeout: 15_000,
    })
  })

  const channel = (name: string) => ({
    name,
    type: 'wecom',
    url: `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${name}`,
  })
  const alias = (barcode: string) => ({ barcode, c8_barcode: 'x' })
  const view = (name: string) => ({ name, query: 'status=100', shared: 1 })
  const day = (date: string, action: string, body?: unknown) => ask(`POST /api/settlements/${date}/${action}`, body)

  /** One day that can be closed, one that is, one with a difference, and one that has changed since. */
  async function makeDays() {
    await world.app.receive(shop, 'A-differs', { create_time: '2026-10-03 10:00:00' })
    for (const date of ['2026-10-01', '2026-10-02', '2026-10-03', '2026-10-04']) {
      await day(date, 'check')
      const status = async () => (await ask(`GET /api/settlements/${date}`)).body.status
      await vi.waitUntil(async () => (await status()) === 'checked', { timeout: 15_000 })
    }
    const { body } = await ask('GET /api/settlements/2026-10-03')
    ids.difference = (body.differences as { id: number }[])[0]!.id
    for (const date of ['2026-10-02', '2026-10-04']) expect((await day(date, 'close', {})).status).toBe(200)
    await world.app.receive(shop, 'A-late', { create_time: '2026-10-04 10:00:00' })
  }

  const changes: Partial<Record<AuditEvent, () => Promise<{ status: number }>>> = {
    logged_in: async () => {
      const { name } = await world.app.addSetOfBook()
      return world.app.logInWith(await world.app.addC8Token(15, [name]), { set_of_book: name })
    },
    logged_out: () => ask('DELETE /api/access_token', undefined, leaving.logged_out),
    session_ended: async () => {
      await world.app.sandbox.control.fault({ step: 'c8', kind: 'lapsed_token' })
      return ask('GET /api/stores', undefined, leaving.session_ended)
    },
    settings_changed: () =>
      ask(`PUT /api/set_of_books/${shop.id}`, { app_key: shop.app_key, user_name: shop.gobox_user }),
    token_replaced: () => ask(`POST /api/set_of_books/${shop.id}/token`, { overlap_hours: 1 }),
    automation_changed: () => ask('PUT /api/automation', { downloads: true, imports: true }),
    device_created: () => ask('POST /api/devices', { ...deviceInput(), dev_id: 5 }),
    device_changed: () => ask(`PUT /api/devices/${ids.device}`, { name: '三号柜' }),
    message_deleted: () => ask(`DELETE /api/rejected_messages/${ids.spareMessage}`),
    message_replayed: () => ask(`POST /api/rejected_messages/${ids.message}/replay`, {}),
    import_started: () => ask(`POST /api/orders/${ids.idle}?action=import`),
    import_reset: () => ask(`POST /api/orders/${ids.reset}?action=init_order`),
    refund_handled: () => ask(`POST /api/orders/${ids.refund}?action=handle_refund`, { handled: true, note: 'x' }),
    refund_reopened: () => ask(`POST /api/orders/${ids.handled}?action=handle_refund`, { handled: false }),
    order_deleted: () => ask(`DELETE /api/orders/${ids.spare}`),
    batch_started: () => ask('POST /api/imports', { ids: [ids.idle] }),
    batch_retried: () => ask(`POST /api/imports/${ids.failedBatch}/retry`, {}),
    batch_cancelled: () => ask(`POST /api/imports/${ids.waitingBatch}/cancel`, {}),
    alert_channel_created: () => ask('POST /api/alert_channels', channel('c')),
    alert_channel_changed: () => ask(`PUT /api/alert_channels/${ids.channel}`, { name: 'd' }),
    alert_channel_deleted: () => ask(`DELETE /api/alert_channels/${ids.spareChannel}`),
    attention_snoozed: () =>
      ask('POST /api/attention/snooze', { kind: 'imports_paused', until: Date.now() + 3_600_000 }),
    day_closed: () => day('2026-10-01', 'close', {}),
    day_reopened: () => day('2026-10-02', 'reopen', { note: 'x' }),
    difference_accepted: () => day('2026-10-03', `differences/${ids.difference}/accept`, { note: 'x' }),
    changes_accepted: () => day('2026-10-04', 'changes/accept', { note: 'x' }),
    alias_created: () => ask('POST /api/barcode_aliases', alias('3')),
    alias_changed: () => ask(`PUT /api/barcode_aliases/${ids.alias}`, { c8_barcode: 'y' }),
    alias_deleted: () => ask(`DELETE /api/barcode_aliases/${ids.spareAlias}`),
    view_shared: () => ask('POST /api/order_views', view('3')),
    view_changed: () => ask(`PUT /api/order_views/${ids.view}`, { query: 'status=101' }),
    view_withdrawn: () => ask(`DELETE /api/order_views/${ids.spareView}`),
    device_deleted: () => ask(`DELETE /api/devices/${ids.device}`),
  }

  it('is looked at for every change of the database', () => {
    expect(AUDIT_EVENTS.filter((event) => !changes[event])).toEqual(['log_in_failed', 'database_restored'])
  })

  it.each(Object.entries(changes))('undoes the change that it tells of: %s', async (event, change) => {
    const allow = world.app.refuseRows('audit_entries', `NEW.event = '${event}'`)
    try {
      const before = stored()
      expect((await change()).status).toBeGreaterThanOrEqual(500)
      expect(stored()).toEqual(before)
      expect(await world.app.sandbox.control.calls('c8.retail_create')).toEqual([])
    } finally {
      allow()
    }
  })

  it.each(Object.entries(changes))('would have told of it, once: %s', async (event, change) => {
    const count = () => world.app.rows('SELECT 1 FROM audit_entries WHERE event = ?', event).length
    const before = count()
    await change()
    expect(count() - before).toBe(1)
  })
})
