import { createHash, randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import process from 'node:process'

/** Names what a process id is valid in: one run of a machine and one pid namespace; `undefined` where unknown. */
function findPlace(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
    return createHash('sha256').update(boot).update(readlinkSync('/proc/self/ns/pid')).digest('hex').slice(0, 16)
  } catch {
    return undefined
  }
}

const place = findPlace()

/** Generates a new name for this node. */
export const newNodeId = () => `${place ?? 'somewhere'}.${process.pid}.${randomUUID()}`

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Whether the process of that name has certainly ended: one that ran here, under this process's id or nobody's. */
export function hasEnded(nodeId: string): boolean {
  const [where, pid] = nodeId.split('.')
  return where === place && (Number(pid) === process.pid || !isAlive(Number(pid)))
}
