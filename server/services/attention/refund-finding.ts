import type { OrderFilter } from '#shared/orders'
import { sumRefunds } from '../../repositories/attention-facts.ts'
import { pageAt, type Finding } from './finding.ts'

/** One finding for all orders of a filter, none where there are none. */
export async function findRefunds(
  setOfBookId: number,
  filter: OrderFilter,
  query: Record<string, number>,
  words: Pick<Finding, 'title' | 'detail'>,
): Promise<Finding[]> {
  const { orders, amount } = await sumRefunds(setOfBookId, filter)
  return orders === 0 ? [] : [{ ...words, count: orders, amount, to: pageAt('/orders', query) }]
}
