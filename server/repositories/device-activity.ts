import { and, between, desc, eq, sql, sum } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { cabinetTotals } from '#drizzle/totals'
import { PAID } from '#shared/order-status'
import { useStorage } from '../storage/engine.ts'

/** What a cabinet sold of a product; the amount in fen. */
export interface SoldGoods {
  barcode: string
  name: string
  quantity: number
  amount: number
}

const SHOWN = 10

/** What the cabinet's paid orders of a stretch sold best. */
export async function readBestSellers(
  setOfBookId: number,
  devId: number,
  { from, to }: { from: number; to: number },
): Promise<SoldGoods[]> {
  const { db, dialect } = useStorage()
  const line = dialect.orderLines(orders.products)
  const amount = sql`sum(${line.amount})`.mapWith(Number)
  return db
    .select({
      barcode: line.barcode,
      name: sql<string>`max(${line.name})`,
      quantity: sql`sum(${line.num})`.mapWith(Number),
      amount,
    })
    .from(orders)
    .innerJoin(line.from, sql`true`)
    .where(
      and(
        eq(orders.setOfBookId, setOfBookId),
        between(orders.createTime, from, to),
        eq(orders.devId, devId),
        eq(orders.status, PAID),
      ),
    )
    .groupBy(line.barcode)
    .orderBy(desc(amount))
    .limit(SHOWN)
}

/** How many of the cabinet's imports have failed. */
export async function countFailures(setOfBookId: number, devId: number): Promise<number> {
  const [row] = await useStorage()
    .db.select({ orders: sum(cabinetTotals.orders).mapWith(Number) })
    .from(cabinetTotals)
    .where(
      and(
        eq(cabinetTotals.setOfBookId, setOfBookId),
        eq(cabinetTotals.devId, devId),
        eq(cabinetTotals.importState, 'failed'),
      ),
    )
  return row?.orders ?? 0
}
