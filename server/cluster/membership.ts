import { addNode, beat, listNodeIds, mayHaveOthers, removeNode, type NodeRecord } from '../repositories/nodes.ts'
import { useConfig } from '../config.ts'
import { log } from '../log/log.ts'
import { hasEnded, newNodeId } from './node-id.ts'

/*
 * Whether this process may act. Several run on one PostgreSQL: each says every second that it lives, and who has not
 * been heard of for a while is struck off, with its leases and duties. All times are of the monotonic clock of whoever
 * measures; a process that was frozen sees at once how long.
 */

/** Milliseconds between heartbeats. */
const BEAT = 1000
/** A node whose own heartbeat is older than this starts no work; shorter than the time after which others take over. */
const FIT_FOR = 10_000
const PATIENCE = 15_000

/** Grace period: a node frozen between its lease check and its call to C8 may send the call this much later. */
const SAFE_SETTLE = 60_000

/** Duties that exactly one node performs. */
const DUTIES = ['automation', 'jobs', 'day_checks', 'retention', 'goods', 'lookup_checks'] as const
export type Duty = (typeof DUTIES)[number]

const self = { id: newNodeId(), lastBeat: -Infinity, duties: new Set<string>() }
/** When each other node's heartbeat last changed. */
const sightings = new Map<string, { beats: number; at: number }>()
let isAlone = true
let timer: NodeJS.Timeout | undefined
let beating: Promise<void> | undefined

/** The name of this node in its leases. It takes a new one after the others have declared it dead. */
export const ownId = () => self.id

/** Whether the other nodes still consider this one alive. */
export const isFit = () => isAlone || performance.now() - self.lastBeat < FIT_FOR

/** Whether this node holds the duty. */
export const hasDuty = (duty: Duty) => isAlone || (isFit() && self.duties.has(duty))

/** The nodes whose heartbeat has not changed for too long. */
function findLost(all: NodeRecord[], now: number): NodeRecord[] {
  for (const id of sightings.keys()) if (!all.some((node) => node.id === id)) sightings.delete(id)
  return all.filter(({ id, beats }) => {
    const seen = sightings.get(id)
    if (seen?.beats === beats) return id !== self.id && now - seen.at >= PATIENCE
    sightings.set(id, { beats, at: now })
    return false
  })
}

async function enter() {
  const id = newNodeId()
  // Registered before any lease names it, or the others would take the lease for a dead node's.
  await addNode(id)
  self.id = id
  self.duties = new Set()
}

async function beatOnce(): Promise<void> {
  const begin = performance.now()
  // A node that was itself suspended cannot tell how long the others were silent.
  if (begin - self.lastBeat > PATIENCE / 3) sightings.clear()
  const seen = await beat(self.id, DUTIES)
  if (!seen) {
    log.warn({ node: self.id }, 'struck off by the other nodes')
    await enter()
    return beatOnce()
  }
  self.lastBeat = begin
  self.duties = seen.duties
  for (const lost of findLost(seen.nodes, performance.now())) {
    log.warn({ node: lost.id }, 'node lost')
    await removeNode(lost)
  }
}

function run() {
  beating ??= beatOnce()
    .catch((error: unknown) => log.warn({ err: error }, 'beat'))
    .finally(() => {
      beating = undefined
    })
}

/** Joins the cluster, if the engine supports one; resolves when this node's duties are known. */
export async function joinCluster(): Promise<void> {
  isAlone = !mayHaveOthers()
  if (isAlone) return
  const { c8Settle } = useConfig()
  if (c8Settle < SAFE_SETTLE)
    log.warn({ c8Settle }, `NUXT_C8_SETTLE is below ${SAFE_SETTLE}: too short for several nodes`)
  for (const id of await listNodeIds()) if (hasEnded(id)) await removeNode({ id })
  await enter()
  await beatOnce()
  timer = setInterval(run, BEAT)
}

/** Leaves the cluster: the others take over remaining leases at once. */
export async function leaveCluster(): Promise<void> {
  clearInterval(timer)
  await beating
  if (!isAlone) await removeNode({ id: self.id }).catch((error: unknown) => log.warn({ err: error }, 'leave'))
}
