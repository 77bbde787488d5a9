import { beforeAll, expect, it } from 'vitest'
import { findOrders } from '#server/repositories/find'
import { addOrders, addSetOfBook, openTestStorage } from '../with-storage.ts'

const storage = await openTestStorage()
const mine = await addSetOfBook(storage, 'A001')
const begin = Date.parse('2026-10-01T00:00:00+08:00')
const orderAt = (createTime: number, transId: string) => ({
  setOfBookId: mine,
  transId,
  eId: `E-${transId}`,
  createTime,
})

const found = async (q: string) => (await findOrders(mine, q, 5)).map(({ transId }) => transId)

beforeAll(async () => {
  await addOrders(storage, [orderAt(begin, 'OLDEST')])
  for (let part = 0; part < 10; part++)
    await addOrders(
      storage,
      Array.from({ length: 2000 }, (_, index) =>
        orderAt(begin + 60_000 * (1 + part * 2000 + index), `T${part}-${index}`),
      ),
    )
}, 120_000)

it('finds an order by its number however old it is, and by a part of it among the newest alone', async () => {
  expect(await found('OLDEST')).toEqual(['OLDEST'])
  expect(await found('OLDES')).toEqual([])
  expect(await found('E-T0-0')).toEqual(['T0-0'])
  expect(await found('9-1999')).toEqual(['T9-1999'])
})
