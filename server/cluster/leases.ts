import { randomUUID } from 'node:crypto'
import { nodeOf } from '../repositories/nodes.ts'
import { isFit, ownId } from './membership.ts'

const active = new Set<string>()

/** The leases that attempts of this process hold. */
export const activeLeases: ReadonlySet<string> = active

/** Whether this process may still act under the lease; asked right before whatever others must not do as well. */
export const mayActUnder = (lease: string) => isFit() && nodeOf(lease) === ownId()

/** Runs an attempt under a fresh lease, which counts as held until the attempt has ended, however it ends. */
export async function withLease<T>(run: (lease: string) => Promise<T>): Promise<T> {
  const lease = `${ownId()}:${randomUUID()}`
  active.add(lease)
  try {
    return await run(lease)
  } finally {
    active.delete(lease)
  }
}
