import { randomUUID } from 'node:crypto'
import { nodeOf } from '../repositories/nodes.ts'
import { isFit, ownId } from './membership.ts'

const active = new Set<string>()

/** The leases held by this process. */
export const activeLeases: ReadonlySet<string> = active

/** Whether this process may still act under the lease. Check it right before any step that must not happen twice. */
export const mayActUnder = (lease: string) => isFit() && nodeOf(lease) === ownId()

/** Runs an attempt under a new lease, which is released when the attempt settles. */
export async function withLease<T>(run: (lease: string) => Promise<T>): Promise<T> {
  const lease = `${ownId()}:${randomUUID()}`
  active.add(lease)
  try {
    return await run(lease)
  } finally {
    active.delete(lease)
  }
}
