import { and, eq, sql } from 'drizzle-orm'
import { duties, nodes } from '#drizzle/schema/cluster'
import { useStorage, type Tx } from '../storage/engine.ts'

/** A node and its heartbeat counter. */
export interface NodeRecord {
  id: string
  beats: number
}

/** Whether other processes may use this database; a data folder has a single one. */
export const mayHaveOthers = () => useStorage().engine === 'postgres'

/** The id of the node that holds a lease. */
export const nodeOf = (lease: string) => lease.slice(0, lease.indexOf(':'))

/** Whether the node that holds this lease has been declared dead. */
export const isAbandoned = async (lease: string) => !(await listNodeIds()).has(nodeOf(lease))

/** The ids of the nodes considered alive. */
export async function listNodeIds(): Promise<Set<string>> {
  const rows = await useStorage().db.select({ id: nodes.id }).from(nodes)
  return new Set(rows.map(({ id }) => id))
}

/** Registers a node. */
export async function addNode(id: string): Promise<void> {
  await useStorage().write((tx) => tx.insert(nodes).values({ id, beats: 0 }))
}

/** Declares a node dead and frees its duties; with `beats`, only if its heartbeat has not changed since. */
export async function removeNode({ id, beats }: { id: string; beats?: number }): Promise<void> {
  const unmoved = beats === undefined ? undefined : eq(nodes.beats, beats)
  await useStorage().write((tx) => tx.delete(nodes).where(and(eq(nodes.id, id), unmoved)))
}

async function takeDuties(tx: Tx, nodeId: string, names: readonly string[]): Promise<Set<string>> {
  await tx
    .insert(duties)
    .values(names.map((name) => ({ name, nodeId })))
    .onConflictDoNothing()
  const mine = await tx.select({ name: duties.name }).from(duties).where(eq(duties.nodeId, nodeId))
  return new Set(mine.map(({ name }) => name))
}

/**
 * Says that the node lives, and takes on those of the duties that nobody has. Resolves with its duties and all nodes;
 * `undefined` where the others have struck it off.
 */
export async function beat(
  id: string,
  names: readonly string[],
): Promise<{ duties: Set<string>; nodes: NodeRecord[] } | undefined> {
  return useStorage().write(async (tx) => {
    const [own] = await tx
      .update(nodes)
      .set({ beats: sql`${nodes.beats} + 1` as unknown as number })
      .where(eq(nodes.id, id))
      .returning({ id: nodes.id })
    if (!own) return undefined
    return { duties: await takeDuties(tx, id, names), nodes: await tx.select().from(nodes) }
  })
}
