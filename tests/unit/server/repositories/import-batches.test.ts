import { describe, expect, it } from 'vitest'
import { createBatch } from '#server/repositories/import-batches'
import { addOrder, addSetOfBook, openTestStorage, plansOf } from '../storage.ts'

const storage = openTestStorage()
const mine = addSetOfBook(storage, 'A001')

describe('a new batch', () => {
  it('looks for its orders by their ids, however many others there are', async () => {
    const ids = [addOrder(storage, { setOfBookId: mine }).id, addOrder(storage, { setOfBookId: mine }).id]
    const plans = await plansOf(storage, () =>
      createBatch(mine, { ids }, { setOfBookId: mine, user: '陈晓东', address: '127.0.0.1' }, 1, 0),
    )
    expect(plans.filter((step) => / orders /.test(step))).toEqual(
      expect.arrayContaining([expect.stringMatching(/INTEGER PRIMARY KEY/)]),
    )
    expect(plans.filter((step) => / orders USING (?!INTEGER PRIMARY KEY)/.test(step))).toEqual([])
  })
})
