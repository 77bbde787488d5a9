import { describe, expect, it } from 'vitest'
import type { SettlementChange, SettlementDetail } from '../../shared/settlement-answers.ts'
import { readZip } from '../unit/server/exports/zip-reader.ts'
import { failed, type Fields } from './server.ts'
import { daysOf, messageOf, useSettlementShop } from './settlement-shop.ts'

const nextDay = daysOf('2026-10')
/** `orderMessage`'s total. */
const TOTAL = 10.5

const { context, world, ask, view, sell, sellAndImport, check } = useSettlementShop()

describe('a closed day', () => {
  async function closed(date: string, ...orders: string[]) {
    for (const order of orders) await sellAndImport(order, date)
    await check(date)
    const answer = await ask<SettlementDetail>(`POST /api/settlements/${date}/close`, { note: '以后再开' })
    expect(answer).toMatchObject({ status: 200, body: { status: 'closed', closed_user: '陈晓东' } })
    return answer.body
  }

  it('is one that is over and was checked after its end', async () => {
    const date = nextDay()
    expect(await ask(`POST /api/settlements/${date}/close`)).toMatchObject({
      status: 409,
      body: failed(/对账/, 'day_unchecked'),
    })
    expect(await ask(`POST /api/settlements/2099-01-01/close`)).toMatchObject({ status: 409 })
    await sell('needs-note', date)
    await check(date)
    expect(await ask(`POST /api/settlements/${date}/close`)).toMatchObject({
      status: 422,
      body: failed(/1 条差异/, 'day_needs_note'),
    })
    await context.app.receive(world.shop, 'came-later', messageOf('came-later', date))
    expect(await ask(`POST /api/settlements/${date}/close`, { note: 'x' })).toMatchObject({
      status: 409,
      body: failed(/有变化/, 'day_moved_on'),
    })
  })

  it('lets none of its orders be imported, reset or deleted, until it is reopened', async () => {
    const date = nextDay()
    await closed(date, 'locked-1')
    const order = (await context.app.findOrder(world.shop, 'locked-1'))!
    const late = await sell('locked-late', date)
    const refusal = { status: 409, body: failed(/^.*已日结，请先反日结$/, 'day_closed') }
    for (const id of [order.id, late]) {
      expect(await ask(`POST /api/orders/${id}?action=import`)).toMatchObject(refusal)
      expect(await ask(`POST /api/orders/${id}?action=init_order`)).toMatchObject(refusal)
      expect(await ask(`DELETE /api/orders/${id}`)).toMatchObject(refusal)
    }
    expect(await ask(`POST /api/settlements/${date}/check`)).toMatchObject(refusal)
    expect(await ask(`POST /api/settlements/${date}/close`)).toMatchObject(refusal)
    const batch = await ask('POST /api/imports', { ids: [late] })
    expect((await ask(`GET /api/imports/${batch.body.id as number}`)).body).toMatchObject({
      failed: 1,
      failures: [{ trans_id: 'locked-late', code: 'day_closed' }],
    })
    expect(await ask(`POST /api/settlements/${date}/reopen`, {})).toMatchObject({ status: 400 })
    expect(await ask(`POST /api/settlements/${date}/reopen`, { note: '漏了一单' })).toMatchObject({
      status: 200,
      body: { status: 'checked', closed_at: null, closed_user: null, note: null, changed_after_close: 0 },
    })
    expect(await ask(`POST /api/settlements/${date}/reopen`, { note: 'x' })).toMatchObject({ status: 409 })
    expect(await ask(`POST /api/orders/${late}?action=import`)).toMatchObject({ status: 200 })
    const audit = await ask<{ root: Fields[] }>('GET /api/audit')
    expect(audit.body.root.map(({ event }) => event)).toEqual(expect.arrayContaining(['day_closed', 'day_reopened']))
  })

  it('stays as it was closed, and lists what came or changed since', async () => {
    const date = nextDay()
    const before = await closed(date, 'frozen-1', 'frozen-2')
    await sell('frozen-1', date, { status: 103, update_time: `${date} 18:00:00` })
    await sell('frozen-late', date)
    const after = await view(date)
    expect({ ...after, changed_after_close: 0 }).toEqual(before)
    expect(after.changed_after_close).toBe(2)
    const changes = async () =>
      (await ask<{ total: number; root: SettlementChange[] }>(`GET /api/settlements/${date}/changes`)).body
    expect(await changes()).toMatchObject({
      total: 2,
      root: [
        { trans_id: 'frozen-late', detail: expect.stringContaining('新到'), before: null, accepted_at: null },
        {
          trans_id: 'frozen-1',
          detail: expect.stringContaining('退款成功'),
          before: { status: 100 },
          after: { status: 103, total_amount: TOTAL },
        },
      ],
    })
    expect(await ask(`POST /api/settlements/${date}/changes/accept`, { note: '下月处理' })).toMatchObject({
      status: 200,
    })
    expect((await changes()).root).toMatchObject([{ accepted_user: '陈晓东', note: '下月处理' }, { note: '下月处理' }])
    expect((await view(date)).changed_after_close).toBe(0)
  })

  it('can be taken away as a workbook, a row a day and cabinet, with its differences', async () => {
    const date = nextDay()
    await sell('exported', date)
    await closed(date)
    const { url } = context.app
    const query = `start_date=${date}&end_date=${date}`
    const response = await fetch(`${url}/api/settlements/export?${query}`, { headers: { token: world.shop.token } })
    expect(response.headers.get('content-type')).toMatch(/spreadsheetml/)
    const files = readZip(Buffer.from(await response.arrayBuffer()))
    expect(files.get('xl/workbook.xml')).toMatch(/name="汇总".*name="差异"/)
    expect(files.get('xl/worksheets/sheet1.xml')).toMatch(new RegExp(`${date}.*已日结.*一号柜.*<v>10.5</v>.*以后`))
    expect(files.get('xl/worksheets/sheet2.xml')).toMatch(/未导入.*exported/)
    expect((await ask('GET /api/settlements/export?start_date=2024-01-01&end_date=2026-01-01')).status).toBe(400)
  })

  it('holds or lists each order that comes in the moment of closing', async () => {
    const date = nextDay()
    await check(date)
    const late = Array.from({ length: 30 }, (_, index) => `moment-${index}`)
    const { app } = context
    const send = (id: string) =>
      app.ask('POST /api/create_order', { token: world.shop.localToken, body: messageOf(id, date) })
    const sent = late.slice(0, 15).map(send)
    const closing = ask(`POST /api/settlements/${date}/close`)
    const answers = await Promise.all([...sent, ...late.slice(15).map(send)])
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    const { status } = await closing
    const changes = await ask<{ total: number }>(`GET /api/settlements/${date}/changes`)
    // Closed with none of them, so that all are listed; or not closed, as one was there.
    expect([status, changes.body.total]).toEqual(status === 200 ? [200, late.length] : [409, 0])
  })

  it('leaves out what waits in the queue', async () => {
    const date = nextDay()
    const id = await sell('queued', date)
    await check(date)
    context.app.change(
      "UPDATE orders SET import_state = 'queued', import_due_at = ? WHERE id = ?",
      Date.now() + 3_600_000,
      id,
    )
    expect(await ask(`POST /api/settlements/${date}/close`, { note: '以后再开' })).toMatchObject({
      status: 200,
      body: { note: '以后再开', differences: [{ kind: 'not_imported' }] },
    })
    expect(await context.app.findOrder(world.shop, 'queued')).toMatchObject({ import_state: 'idle' })
  })

  it('is closed by itself after a check that leaves nothing open, where that is wanted', async () => {
    const date = nextDay()
    await sellAndImport('auto-closed', date)
    const automation = (close_days?: boolean) =>
      ask('PUT /api/automation', {
        downloads: false,
        imports: false,
        ...(close_days === undefined ? {} : { close_days }),
      })
    expect((await automation()).body).toMatchObject({ close_days: false })
    expect((await automation(true)).body).toMatchObject({ close_days: true })
    expect((await automation()).body).toMatchObject({ close_days: true })
    expect(await check(date)).toMatchObject({ status: 'closed', closed_user: '自动' })
    await automation(false)
  })
})
