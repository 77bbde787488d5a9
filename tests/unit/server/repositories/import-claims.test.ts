import { describe, expect, it } from 'vitest'
import { claimOrder } from '#server/repositories/import-claims'
import { markCreated } from '#server/repositories/import-steps'
import { message, useReceivedOrders } from './received-orders.ts'

const { receive, stored } = useReceivedOrders()
const by = { setOfBookId: null, user: 'x', address: '127.0.0.1' }

describe('claimOrder', () => {
  it('gives an order to one of many that want it at once', async () => {
    const order = message()
    await receive(order)
    const { id } = await stored(order.trans_id)
    const claims = await Promise.all(Array.from({ length: 20 }, (_, index) => claimOrder(id, `L${index}`, by, 1)))
    expect(claims.filter(Boolean)).toHaveLength(1)
  })

  it('lets only the holder of the lease go on', async () => {
    const order = message()
    await receive(order)
    const { id } = await stored(order.trans_id)
    await claimOrder(id, 'mine', by, 1)
    expect(await markCreated({ orderId: id, lease: 'other', user: 'x' }, { id: 1, code: 'c' }, false)).toBeUndefined()
    expect(await stored(order.trans_id)).toMatchObject({ importState: 'sending', retailId: null })
  })
})
