import { randomUUID } from 'node:crypto'

const active = new Set<string>()

/** The leases that attempts of this process hold. */
export const activeLeases: ReadonlySet<string> = active

/** Runs an attempt under a fresh lease, which counts as held until the attempt has ended, however it ends. */
export async function withLease<T>(run: (lease: string) => Promise<T>): Promise<T> {
  const lease = randomUUID()
  active.add(lease)
  try {
    return await run(lease)
  } finally {
    active.delete(lease)
  }
}
