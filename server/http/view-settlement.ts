import { viewDay } from '../repositories/settlements.ts'
import { presentSettlementDetail } from '../serializers/settlement.ts'
import { dayOfDate, progressOf } from '../services/settlement-checks.ts'

/** A day as its own page shows it, and as closing and reopening answer it. */
export async function viewSettlement(setOfBookId: number, date: string) {
  return presentSettlementDetail(await viewDay(setOfBookId, dayOfDate(date)), progressOf(setOfBookId, date))
}
