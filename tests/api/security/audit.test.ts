import { beforeAll, describe, expect, it } from 'vitest'
import type { AuditEntry } from '#shared/audit'
import { engine } from '../database.ts'
import { readZip } from '../../unit/server/exports/zip-reader.ts'
import { failed, orderMessage, useApp, type Shop } from '../server.ts'

/** An insert that takes the place of an entry, as each engine knows it. */
const REPLACE =
  engine === 'postgres'
    ? `INSERT INTO audit_entries (id, at, "user", address, event)
      SELECT id, at, 'nobody', address, event FROM audit_entries LIMIT 1 ON CONFLICT (id) DO UPDATE SET "user" = 'nobody'`
    : `INSERT OR REPLACE INTO audit_entries (id, at, user, address, event)
      SELECT id, at, 'nobody', address, event FROM audit_entries LIMIT 1`

const world = useApp()
let shop: Shop

beforeAll(async () => {
  shop = await world.app.openShopWithCredentials()
})

const list = async (query = '', token = shop.token) =>
  (await world.app.ask<{ total: number; root: AuditEntry[] }>(`GET /api/audit${query}`, { token })).body
const newest = async (query = '') => (await list(query)).root[0]

/** Sends a message that is refused and kept; returns its id. */
async function keepMessage(transId: string): Promise<number> {
  await world.app.ask('POST /api/create_order', {
    token: shop.localToken,
    body: { ...orderMessage(transId), status: 999 },
  })
  return world.app.rows<{ id: number }>('SELECT max(id) AS id FROM rejected_messages')[0]!.id
}

describe('the audit', () => {
  it('tells who logged in, when and from where', async () => {
    await world.app.logInWith(shop.c8Token, { set_of_book: shop.name }, { 'x-forwarded-for': '203.0.113.5' })
    expect(await newest()).toEqual({
      id: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      user: '陈晓东',
      address: '203.0.113.5',
      event: 'logged_in',
      detail: { after: { access_level: 15 } },
    })
  })

  it('tells of failed log-ins and why, also to account sets that are not known here', async () => {
    await world.app.logInWith('no such token', { set_of_book: shop.name, user_name: 'mallory' })
    expect(await newest()).toMatchObject({
      event: 'log_in_failed',
      user: 'mallory',
      detail: { reason: expect.stringMatching(/C8/) },
    })
    await world.app.logInWith('no such token', { set_of_book: 'nowhere' })
    expect(world.app.rows('SELECT set_of_book_id, event FROM audit_entries ORDER BY id DESC LIMIT 1')).toEqual([
      { set_of_book_id: null, event: 'log_in_failed' },
    ])
  })

  it('does not fill the disk with failed log-ins', async () => {
    const count = () => world.app.rows('SELECT 1 FROM audit_entries WHERE event = ?', 'log_in_failed').length
    const before = count()
    for (let attempt = 0; attempt < 40; attempt++)
      await world.app.logInWith(
        'wrong',
        { set_of_book: `nowhere-${attempt}` },
        { 'x-forwarded-for': `198.51.100.${attempt}` },
      )
    expect(count() - before).toBeLessThanOrEqual(20)
  })

  it('tells what was changed, before and after, of a secret only that it was', async () => {
    const id = await world.app.addDevice(shop, { dev_id: 7 })
    expect(await newest()).toMatchObject({
      event: 'device_created',
      detail: { id, name: '一号柜', after: { dev_id: 7 } },
    })
    await world.app.ask(`PUT /api/devices/${id}`, { token: shop.token, body: { name: '二号柜', store_id: 1 } })
    expect(await newest()).toMatchObject({
      event: 'device_changed',
      detail: { id, before: { name: '一号柜' }, after: { name: '二号柜' } },
    })
    await world.app.ask(`DELETE /api/devices/${id}`, { token: shop.token })
    expect(await newest()).toMatchObject({
      event: 'device_deleted',
      detail: { id, before: { name: '二号柜', dev_id: 7 } },
    })
    const settings = (await list('?event=settings_changed')).root[0]
    expect(settings!.detail).toEqual({
      before: { user_name: null },
      after: { user_name: shop.gobox_user, app_key: '已更换' },
    })
    await world.app.ask(`POST /api/set_of_books/${shop.id}/token`, { token: shop.token, body: { overlap_hours: 24 } })
    expect(await newest()).toMatchObject({ event: 'token_replaced', detail: { after: { overlap_hours: 24 } } })
  })

  it('tells of imports, resets and deletions of orders', async () => {
    await world.app.addDevice(shop)
    const id = await world.app.receive(shop, 'T-1')
    await world.app.ask(`POST /api/orders/${id}?action=import`, { token: shop.token })
    expect(await newest()).toMatchObject({ event: 'import_started', detail: { id, name: 'T-1' } })
    await world.app.sandbox.control.deleteDocument(
      Number(world.app.rows<{ retail_id: string }>('SELECT retail_id FROM orders')[0]!.retail_id),
    )
    await world.app.ask(`POST /api/orders/${id}?action=init_order`, { token: shop.token })
    expect(await newest()).toMatchObject({
      event: 'import_reset',
      detail: { id, before: { retail_code: expect.any(String) } },
    })
    await world.app.ask(`DELETE /api/orders/${id}`, { token: shop.token })
    expect(await newest()).toMatchObject({ event: 'order_deleted', detail: { id, name: 'T-1' } })
    const waiting = await world.app.receive(shop, 'T-2', { dev_id: 99 })
    await world.app.ask('POST /api/imports', { token: shop.token, body: { ids: [waiting] } })
    expect(await newest()).toMatchObject({ event: 'batch_started', detail: { after: { total: 1 } } })
    const batch = world.app.rows<{ id: number }>('SELECT id FROM import_batches')[0]!.id
    const pending = () => world.app.rows("SELECT 1 FROM import_batch_items WHERE outcome = 'pending'").length
    await expect.poll(pending).toBe(0)
    await world.app.ask(`POST /api/imports/${batch}/retry`, { token: shop.token, body: {} })
    expect(await newest()).toMatchObject({ event: 'batch_retried', detail: { id: batch, after: { count: 1 } } })
  })

  it('tells who took a kept message in again, and who threw one away', async () => {
    const id = await keepMessage('T-kept')
    world.app.change("UPDATE rejected_messages SET body = replace(body, '999', '100')")
    await world.app.ask(`POST /api/rejected_messages/${id}/replay`, { token: shop.token })
    expect(await newest()).toMatchObject({
      event: 'message_replayed',
      user: '陈晓东',
      address: '127.0.0.1',
      detail: { id, name: 'T-kept' },
    })
    const other = await keepMessage('T-thrown')
    await world.app.ask(`DELETE /api/rejected_messages/${other}`, { token: shop.token })
    expect(await newest()).toMatchObject({
      event: 'message_deleted',
      user: '陈晓东',
      address: '127.0.0.1',
      detail: { id: other },
    })
  })

  it('tells of a log-out and of a session that C8 has ended', async () => {
    const one = await world.app.logIn(shop.name, 3)
    await world.app.ask('DELETE /api/access_token', { token: one.token })
    expect((await newest())!.event).toBe('logged_out')
    const two = await world.app.logIn(shop.name, 3)
    await world.app.sandbox.control.removeToken(two.c8Token)
    await world.app.ask('GET /api/stores', { token: two.token })
    expect((await newest())!.event).toBe('session_ended')
  })

  it('is not written for what was refused', async () => {
    const before = (await list()).total
    await world.app.ask('DELETE /api/devices/999999', { token: shop.token })
    await world.app.ask('DELETE /api/orders/999999', { token: shop.token })
    await world.app.ask('POST /api/orders/999999?action=import', { token: shop.token })
    expect((await list()).total).toBe(before)
  })

  it('is shown to those who may edit, of their own account set, filtered and by pages', async () => {
    const viewer = await world.app.logIn(shop.name, 1 + 4 + 8)
    expect(await world.app.ask('GET /api/audit', { token: viewer.token })).toMatchObject({ status: 403 })
    const other = await world.app.openShop()
    expect((await list('', other.token)).root.map((entry) => entry.event)).toEqual(['logged_in'])
    const page = await list('?event=logged_in&limit=1&start=1')
    expect(page.root).toHaveLength(1)
    expect(page.total).toBeGreaterThan(1)
    const named = (await list('?user=ALLO')).root
    expect(new Set(named.map((entry) => entry.user))).toEqual(new Set(['mallory']))
    expect((await list('?start_date=2020-01-01&end_date=2020-01-02')).total).toBe(0)
    expect(await world.app.ask('GET /api/audit?event=x', { token: shop.token })).toMatchObject({
      status: 400,
      body: failed(/event/),
    })
  })

  it('can be taken away as a file, filtered, in words, by those who may edit', async () => {
    const take = (query: string, token = shop.token) =>
      fetch(`${world.app.url}/api/audit/export?${query}`, { headers: { token } })
    const viewer = await world.app.logIn(shop.name, 1 + 4 + 8)
    expect((await take('format=csv', viewer.token)).status).toBe(403)
    const response = await take('format=csv&event=device_changed')
    expect(response.headers.get('content-disposition')).toMatch(/filename="audit_[\d-]+\.csv"/)
    const [titles, ...rows] = (await response.text()).trimEnd().split('\r\n')
    expect(titles).toBe('时间,用户,操作,对象,原因,改动,来自')
    expect(rows).toHaveLength((await list('?event=device_changed')).total)
    expect(rows[0]).toContain(',修改货柜,二号柜,,名称: 一号柜 → 二号柜,')
    const book = Buffer.from(await (await take('format=xlsx')).arrayBuffer())
    expect(readZip(book).get('xl/worksheets/sheet1.xml')!.match(/<row>/g)).toHaveLength((await list()).total + 1)
  })

  it.each([
    ['changed', `UPDATE audit_entries SET "user" = 'nobody'`],
    ['deleted', 'DELETE FROM audit_entries'],
    ['replaced', REPLACE],
  ])('cannot be %s, not even by a program beside the app', (_, sql) => {
    const before = world.app.rows('SELECT * FROM audit_entries ORDER BY id')
    expect(() => world.app.change(sql)).toThrow(/append-only/)
    expect(world.app.rows('SELECT * FROM audit_entries ORDER BY id')).toEqual(before)
  })

  it('is kept a year, and swept at a start', async () => {
    const year = 365 * 24 * 3_600_000
    world.app.change(
      `INSERT INTO audit_entries (at, "user", address, event) VALUES (?, 'old', '', 'logged_in'), (?, 'young', '', 'logged_in')`,
      Date.now() - year - 60_000,
      Date.now() - year + 60_000,
    )
    await world.app.restart()
    await expect
      .poll(() => world.app.rows(`SELECT "user" FROM audit_entries WHERE "user" IN ('old', 'young')`))
      .toEqual([{ user: 'young' }])
  })
})
