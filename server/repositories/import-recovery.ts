import { isNotNull } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { useStorage } from '../storage/engine.ts'
import { listNodeIds, nodeOf } from './nodes.ts'
import { reasonDetail, move, held } from './import-transitions.ts'

/**
 * Orders under a lease whose attempt ended without a word, with an earlier process, a lost node or on a full disk:
 * `own.leases` are those of this node that still run. `sending` counts as a create without an answer, `created` goes on
 * from its own step.
 */
export async function recoverInterrupted(
  own: { node: string; leases: ReadonlySet<string> },
  now: number,
): Promise<void> {
  const { db, write } = useStorage()
  const leased = await db.select().from(orders).where(isNotNull(orders.importLease))
  const foreign = leased.filter((order) => !own.leases.has(order.importLease!))
  if (foreign.length === 0) return
  // Read after the leases: a node is entered before it holds one.
  const nodes = await listNodeIds()
  const lost = foreign.filter(
    ({ importLease }) => nodeOf(importLease!) === own.node || !nodes.has(nodeOf(importLease!)),
  )
  if (lost.length === 0) return
  await write(async (tx) => {
    for (const { id, importUser, importLease } of lost) {
      const resume = { importLease: null, importDueAt: now }
      const user = importUser ?? 'goBox'
      const detail = reasonDetail({ message: '导入中断，自动恢复', code: 'import_interrupted' })
      const unanswered = await move(tx, id, user, held(importLease!), {
        from: ['sending'],
        event: 'queued',
        detail,
        set: { ...resume, importState: 'queued', createUnansweredAt: now },
      })
      if (!unanswered)
        await move(tx, id, user, held(importLease!), { from: ['created'], event: 'queued', detail, set: resume })
    }
  })
}
