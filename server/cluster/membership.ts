import { addNode, beat, listNodeIds, mayHaveOthers, removeNode, type NodeRecord } from '../repositories/nodes.ts'
import { useConfig } from '../config.ts'
import { log } from '../log/log.ts'
import { hasEnded, newNodeId } from './node-id.ts'

/*
 * Whether this process may act. Several run on one PostgreSQL: each says every second that it lives, and who has not
 * been heard of for a while is struck off, with its leases and duties. All times are of the monotonic clock of whoever
 * measures; a process that was frozen sees at once how long.
 */

/** Milliseconds from one beat to the next. */
const BEAT = 1000
/** A node that has not been heard for this long starts nothing any more: less than the others' patience. */
const FIT_FOR = 10_000
const PATIENCE = 15_000

/** A node that was frozen between its last look and its call to C8 may send it this much later. */
const SAFE_SETTLE = 60_000

/** What one node does for all. */
const DUTIES = ['automation', 'jobs', 'day_checks', 'retention', 'goods', 'lookup_checks'] as const
export type Duty = (typeof DUTIES)[number]

const self = { id: newNodeId(), lastBeat: -Infinity, duties: new Set<string>() }
/** The others as they were last seen to move. */
const sightings = new Map<string, { beats: number; at: number }>()
let isAlone = true
let timer: NodeJS.Timeout | undefined
let beating: Promise<void> | undefined

/** This process, by the name in its leases. It gets another when the others have struck it off. */
export const ownId = () => self.id

/** Whether the others still count on this process. */
export const isFit = () => isAlone || performance.now() - self.lastBeat < FIT_FOR

/** Whether this process is the one that does this for all. */
export const hasDuty = (duty: Duty) => isAlone || (isFit() && self.duties.has(duty))

/** The nodes that have not moved for too long. */
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
  // Entered before a lease can name it, or the others would take that for a lost node's.
  await addNode(id)
  self.id = id
  self.duties = new Set()
}

async function beatOnce(): Promise<void> {
  const begin = performance.now()
  // Who was away itself cannot say how long the others were.
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

/** Joins the others on this database, if it can have any; resolves when its duties are known. */
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

/** Leaves them: what is still leased is taken over at once. */
export async function leaveCluster(): Promise<void> {
  clearInterval(timer)
  await beating
  if (!isAlone) await removeNode({ id: self.id }).catch((error: unknown) => log.warn({ err: error }, 'leave'))
}
