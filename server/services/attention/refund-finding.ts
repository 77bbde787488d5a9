import { sumNeedy } from '../../repositories/attention-facts.ts'
import { pageAt, type Finding, type Judged } from './finding.ts'

/** One finding for all refunds of a kind, or none. */
export async function findRefunds(
  { setOfBookId, now }: Judged,
  kind: 'refund_unhandled' | 'refund_overdue',
  query: Record<string, number>,
  words: Pick<Finding, 'title' | 'detail'>,
): Promise<Finding[]> {
  const { orders, amount } = await sumNeedy(setOfBookId, kind, now)
  return orders === 0 ? [] : [{ ...words, count: orders, amount, to: pageAt('/orders', query) }]
}
