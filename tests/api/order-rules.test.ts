import { describe, expect, it } from 'vitest'
import { IMPORT_STATES } from '#shared/import-state'
import { deleteRefusal, importRefusal, resetRefusal } from '#shared/order-rules'
import { ORDER_STATUS, type OrderStatus } from '#shared/order-status'
import { actionsOf } from '../../composables/useOrderPlan.ts'
import type { Order } from '../../shared/orders.ts'
import { useApp } from './server.ts'

const context = useApp({ NUXT_C8_SETTLE: '600000' })

/** Where an order may stand: every status, state, unanswered create or not, attempt under way or not. */
const standings = (Object.keys(ORDER_STATUS).map(Number) as OrderStatus[]).flatMap((status) =>
  IMPORT_STATES.flatMap((importState) =>
    [false, true].flatMap((awaitsC8) =>
      [false, true].map((isUnderWay) => ({
        status,
        importState,
        // What the import's steps never bring together is left out.
        awaitsC8: awaitsC8 && ['queued', 'sending', 'failed'].includes(importState),
        isUnderWay: importState === 'sending' || (isUnderWay && importState === 'created'),
      })),
    ),
  ),
)
const distinct = [...new Map(standings.map((standing) => [JSON.stringify(standing), standing])).values()]

// The queue takes an attempt that no process runs for a lost one, once a second: then the order has moved on, and the
// comparison is made again.
describe('what the pages offer is what the server allows', () => {
  it.each(distinct.map((standing) => [JSON.stringify(standing), standing] as const))(
    '%s',
    { retry: 5 },
    async (_, standing) => {
      const { app } = context
      world ??= await prepare()
      const { shop, id } = world
      const { status, importState, awaitsC8, isUnderWay } = standing
      const put = () =>
        app.change(
          `UPDATE orders SET status = ?, import_state = ?, import_lease = ?, create_unanswered_at = ?, import_due_at = NULL,
          import_error = ?, retail_id = ?, retail_code = ? WHERE id = ?`,
          status,
          importState,
          isUnderWay ? 'held' : null,
          awaitsC8 ? Date.now() : null,
          importState === 'failed' ? '出错' : null,
          ['created', 'imported'].includes(importState) ? '999999' : null,
          ['created', 'imported'].includes(importState) ? 'LS-gone' : null,
          id,
        )
      const ask = async (request: string) => {
        put()
        return app.ask(request, { token: shop.token })
      }
      put()
      const shown = (await app.findOrder(shop, 'rules')) as unknown as Order
      expect(shown).toMatchObject({ awaits_c8: awaitsC8, is_under_way: isUnderWay, import_state: importState })
      const offered = actionsOf(shown)
      const imported = await ask(`POST /api/orders/${id}?action=import`)
      const refusedByRule = /^(order_unpaid|already_imported|already_importing)$/.test(String(imported.body.code))
      expect(refusedByRule).toBe(importRefusal(standing) !== undefined)
      expect(offered.includes('import') || offered.includes('retry')).toBe(!refusedByRule)
      const reset = await ask(`POST /api/orders/${id}?action=init_order`)
      const isIdle = importState === 'idle'
      expect(reset.status).toBe(!isIdle && resetRefusal(standing) ? 409 : 200)
      expect(offered.includes('reset')).toBe(reset.status === 200 && !isIdle)
      const deleted = await ask(`DELETE /api/orders/${id}`)
      expect(deleted.status).toBe(deleteRefusal(standing) ? 409 : 200)
      expect(offered.includes('delete')).toBe(deleted.status === 200)
      if (deleted.status === 200) world = { shop, id: await app.receive(shop, 'rules') }
    },
  )

  it('a refunded order whose look-up was refused is offered to be tried again, alone and with many', async () => {
    const { app } = context
    const { shop, id } = (world ??= await prepare())
    app.change(
      `UPDATE orders SET status = 103, import_state = 'failed' , import_error = 'x', create_unanswered_at = 1,
        import_lease = NULL, retail_id = NULL, retail_code = NULL WHERE id = ?`,
      id,
    )
    const shown = (await app.findOrder(shop, 'rules')) as unknown as Order
    expect(actionsOf(shown)).toEqual(['retry'])
    for (const kind of ['retry', 'import'])
      expect(await app.ask('POST /api/jobs/plan', { token: shop.token, body: { kind, ids: [id] } })).toMatchObject({
        body: { count: 1, skipped: [] },
      })
    const { body } = await app.ask('POST /api/imports', { token: shop.token, body: { ids: [id] } })
    expect(await app.ask(`GET /api/imports/${String(body.id)}`, shop)).toMatchObject({ body: { failed: 0 } })
  })
})

let world: Awaited<ReturnType<typeof prepare>> | undefined

/** An order whose cabinet is not configured, so that no import of it reaches C8. */
async function prepare() {
  const shop = await context.app.openShop()
  return { shop, id: await context.app.receive(shop, 'rules') }
}
