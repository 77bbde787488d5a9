import { describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded } from './scenarios.ts'
import { failed, orderMessage, type Fields, type Shop } from './server.ts'
import { useBatches } from './import-batch.ts'

const { context, world } = useBatches()

describe('messages that were not understood', () => {
  const list = async (shop: { token: string }, query = '') =>
    (
      await context.app.ask<{
        total: number
        root: {
          id: number
          trans_id: string | null
          reason: string
          reason_code: string
          reason_params: Fields
          truncated: boolean
        }[]
      }>(`GET /api/rejected_messages?${query}`, { token: shop.token })
    ).body
  const send = (shop: Shop, raw: string) => context.app.ask('POST /api/create_order', { token: shop.localToken, raw })

  itIsGuarded('GET /api/rejected_messages', 'view', () => world)
  itIsGuarded('GET /api/rejected_messages/1', 'view', () => world)
  itIsGuarded('POST /api/rejected_messages/1/replay', 'create', () => world)
  itIsGuarded('POST /api/rejected_messages/1/check', 'create', () => world)
  itIsGuarded('DELETE /api/rejected_messages/1', 'delete', () => world)
  itHolds(
    [
      { says: 'refuse limit 0', request: 'GET /api/rejected_messages?limit=0', status: 400 },
      {
        says: 'are not found to delete when there is none',
        request: 'DELETE /api/rejected_messages/{nowhere}',
        status: 404,
      },
      {
        says: 'are not found to replay when there is none',
        request: 'POST /api/rejected_messages/{nowhere}/replay',
        status: 404,
      },
    ],
    () => world,
  )

  it('are kept as they came with the reason, for their account set alone', async () => {
    const { app } = context
    const [shop, neighbour] = [await app.openShop(), await app.openShop()]
    const raw = JSON.stringify({ ...orderMessage('?'), status: 999 }).replace('"?"', '1234567890123456789')
    expect((await send(shop, raw)).status).toBe(400)
    expect((await send(shop, '{not json')).status).toBe(400)
    await app.ask('POST /api/create_order', {
      token: 'wrong',
      raw: '{stranger',
      headers: { 'x-forwarded-for': '10.3.0.1' },
    })
    const { total, root } = await list(shop)
    expect(total).toBe(2)
    expect(
      root.map(({ trans_id, reason, reason_code, reason_params }) => [trans_id, reason, reason_code, reason_params]),
    ).toEqual([
      [null, expect.stringMatching(/JSON/), 'body_not_json', null],
      ['1234567890123456789', expect.stringMatching(/^status：/), 'invalid', { field: 'status', rule: 'status' }],
    ])
    expect(await list(neighbour)).toMatchObject({ total: 0, root: [] })
    const id = root[0]!.id
    expect((await app.ask(`GET /api/rejected_messages/${id}`, neighbour)).status).toBe(404)
    expect((await app.ask(`GET /api/rejected_messages/${id}`, shop)).body).toMatchObject({ id, body: '{not json' })
    expect((await app.ask(`GET /api/rejected_messages/${root[1]!.id}`, shop)).body.body).toBe(raw)
    expect((await app.ask(`DELETE /api/rejected_messages/${id}`, neighbour)).status).toBe(404)
    expect((await app.ask(`POST /api/rejected_messages/${id}/replay`, neighbour)).status).toBe(404)
    expect((await app.ask(`DELETE /api/rejected_messages/${id}`, shop)).body).toEqual({ state: 1 })
    expect((await list(shop)).total).toBe(1)
  })

  it('that are still wrong stay when they are replayed', async () => {
    const { app } = context
    const shop = await app.openShop()
    await send(shop, JSON.stringify({ ...orderMessage('T1'), status: 999 }))
    const id = (await list(shop)).root[0]!.id
    expect(await app.ask(`POST /api/rejected_messages/${id}/replay`, shop)).toMatchObject({
      status: 400,
      body: failed(/^status：/),
    })
    expect((await list(shop)).total).toBe(1)
  })

  it('tell all that is wrong at once, and are stored once their text is mended', async () => {
    const { app } = context
    const shop = await app.openShop()
    const good = orderMessage('T-MENDED')
    const lines = (good.products as Fields[]).map(({ name: _, ...line }) => line)
    await send(shop, JSON.stringify({ ...good, status: 999, products: lines }))
    const id = (await list(shop)).root[0]!.id
    const check = async (body?: string) =>
      (await app.ask<{ problems: Fields[] }>(`POST /api/rejected_messages/${id}/check`, { ...shop, body: { body } }))
        .body.problems
    const wrong = ['status', 'products.0.name', 'products.1.name'].map((field) => ({
      errmsg: expect.stringContaining(`${field}：`),
      code: 'invalid',
      params: expect.objectContaining({ field }),
    }))
    expect(await check()).toEqual(wrong)
    expect(await check('{')).toHaveLength(1)
    const mended = JSON.stringify({ ...good, note: 'typed by hand' })
    expect(await check(mended)).toEqual([])
    const replay = { ...shop, body: { body: mended } }
    expect((await app.ask(`POST /api/rejected_messages/${id}/replay`, replay)).body).toEqual({ state: 1 })
    expect(await app.findOrder(shop, 'T-MENDED')).toMatchObject({ status: good.status, created_user: '陈晓东' })
    expect((await list(shop)).total).toBe(0)
    const { body: audit } = await app.ask<{ root: Fields[] }>('GET /api/audit?event=message_replayed', shop)
    expect(audit.root[0]).toMatchObject({ detail: { name: 'T-MENDED', after: { edited: true } } })
  })
})
