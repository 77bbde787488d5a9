import { setTimeout as sleep } from 'node:timers/promises'
import { findLiveSessions } from '../repositories/sessions.ts'
import { log } from '../log/log.ts'
import { nextTurn } from '../turns.ts'

/*
 * One reader for all that watch: what several pages look at is read once in a round, and whether their sessions still
 * live is asked once for all of them.
 */

/** Something in progress that can be polled, identified by its name. */
export interface Topic {
  name: string
  /** Its current state and whether it goes on; `undefined` when it is gone. */
  read: () => Promise<{ data: object; goesOn: boolean } | undefined>
}

interface Watcher {
  sessionId: number
  next: (data: string) => void
  end: () => void
}

/** Milliseconds from one round to the next. */
const INTERVAL = 500
/** The rounds take at most a fifth of the time, however much is looked at. */
const REST = 4

interface Watched {
  topic: Topic
  watchers: Set<Watcher>
  /** How it was in the last round. */
  text?: string
}

const watched = new Map<string, Watched>()
let isRunning = false

async function readOne(one: Watched) {
  await nextTurn()
  try {
    const now = await one.topic.read()
    one.text = now && JSON.stringify(now.data)
    for (const watcher of one.watchers) {
      if (one.text !== undefined) watcher.next(one.text)
      if (!now?.goesOn) watcher.end()
    }
  } catch (error) {
    log.error({ err: error, topic: one.topic.name }, 'watch')
    for (const watcher of one.watchers) watcher.end()
  }
}

async function endDeadSessions() {
  const all = [...watched.values()].flatMap(({ watchers }) => [...watchers])
  const live = await findLiveSessions([...new Set(all.map(({ sessionId }) => sessionId))], Date.now())
  for (const { sessionId, end } of all) if (!live.has(sessionId)) end()
}

async function run() {
  while (watched.size > 0) {
    const begin = performance.now()
    await endDeadSessions().catch((error: unknown) => log.error({ err: error }, 'watch'))
    for (const one of [...watched.values()]) await readOne(one)
    await sleep(Math.max(INTERVAL, REST * (performance.now() - begin)))
  }
  isRunning = false
}

/** Hands each change of the topic on until it ends, or the session does; returns how to stop watching. */
export function watch(topic: Topic, sessionId: number, hear: Omit<Watcher, 'sessionId'>): () => void {
  const watcher = { sessionId, ...hear }
  const known: Watched = watched.get(topic.name) ?? { topic, watchers: new Set() }
  watched.set(topic.name, known)
  known.watchers.add(watcher)
  // The first word at once.
  if (known.text !== undefined) watcher.next(known.text)
  else if (known.watchers.size === 1) void readOne(known)
  if (!isRunning) {
    isRunning = true
    void run()
  }
  return () => {
    known.watchers.delete(watcher)
    if (known.watchers.size === 0 && watched.get(topic.name) === known) watched.delete(topic.name)
  }
}
