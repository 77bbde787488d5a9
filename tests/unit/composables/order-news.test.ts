import { describe, expect, it } from 'vitest'
import type { OrderPage } from '#shared/orders'
import { takeNews } from '../../../composables/useOrderNews'

const page = (total: number, ...rows: [id: number, state?: string][]) =>
  ({ total, root: rows.map(([id, import_state = 'idle']) => ({ id, import_state })) }) as unknown as OrderPage
const shownOf = ({ root }: OrderPage) => root.map(({ id, import_state: state }) => `${id} ${state}`)

describe('what has changed since a page was loaded', () => {
  it('is taken over as it is where no order has come', () => {
    const now = page(2, [2, 'imported'], [1])
    expect(takeNews(page(2, [2], [1]), now)).toEqual({ page: now, count: 0 })
  })

  it('moves no row where orders have come above, and changes their states in place', () => {
    const { page: shown, count } = takeNews(page(9, [3], [2], [1]), page(11, [5], [4], [3, 'sending']))
    expect(count).toBe(2)
    expect(shownOf(shown)).toEqual(['3 sending', '2 idle', '1 idle'])
    expect(shown.total).toBe(9)
  })

  it('counts orders that have come elsewhere', () => {
    expect(takeNews(page(4, [1], [2]), page(7, [1], [2])).count).toBe(3)
  })

  it('counts a whole page of new orders and more', () => {
    expect(takeNews(page(2, [2], [1]), page(60, [60], [59])).count).toBe(58)
  })

  it('counts orders that have come while as many have left', () => {
    expect(takeNews(page(3, [3], [2], [1]), page(3, [4], [3], [1])).count).toBe(1)
  })

  it('lets rows leave and others move up behind them', () => {
    const now = page(8, [2], [1], [0])
    expect(takeNews(page(9, [3], [2], [1]), now)).toEqual({ page: now, count: 0 })
  })

  it('shows at once what comes into an empty list', () => {
    const now = page(1, [1])
    expect(takeNews(page(0), now)).toEqual({ page: now, count: 0 })
  })
})
