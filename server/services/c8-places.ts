/*
 * How many calls of what runs by itself C8 gets at a time for an account set: imports and the look-ups of day checks
 * share the places, and imports go first.
 */

/** Orders and look-ups of one account set under way at a time; orders on all nodes together. */
export const PLACES = 4

interface Places {
  imports: number
  lookups: number
  /** So many look-ups the imports of all nodes leave room for. */
  granted: number
  /** Whether an import found no place because of look-ups. */
  isWanted: boolean
  waiting: (() => void)[]
}

const sets = new Map<number, Places>()

function placesOf(setOfBookId: number): Places {
  let places = sets.get(setOfBookId)
  if (!places)
    sets.set(setOfBookId, (places = { imports: 0, lookups: 0, granted: PLACES, isWanted: false, waiting: [] }))
  return places
}

function letIn(places: Places) {
  const { isWanted, waiting, granted } = places
  while (!isWanted && waiting.length > 0 && places.lookups < Math.min(granted, PLACES - places.imports)) {
    places.lookups++
    waiting.shift()!()
  }
}

/** Takes a place for an import; `false` if there is none. */
export function takeImportPlace(setOfBookId: number): boolean {
  const places = placesOf(setOfBookId)
  const isFree = places.imports + places.lookups < PLACES
  places.isWanted = !isFree && places.lookups > 0
  if (isFree) places.imports++
  return isFree
}

/** Gives an import's place back. */
export function leaveImportPlace(setOfBookId: number) {
  const places = placesOf(setOfBookId)
  places.imports--
  letIn(places)
}

/** No import of these account sets waits for a place any more. */
export function letLookupsGoOn(isDue: (setOfBookId: number) => boolean) {
  for (const [setOfBookId, places] of sets)
    if (places.isWanted && !isDue(setOfBookId)) {
      places.isWanted = false
      letIn(places)
    }
}

/** Whether an import waits for a place that a look-up has. */
export function isPlaceWanted(setOfBookId: number): boolean {
  return placesOf(setOfBookId).isWanted
}

/** Sets how many look-ups may run at a time. Returns how many are running, which may still be more. */
export function grantLookups(setOfBookId: number, granted: number): number {
  const places = placesOf(setOfBookId)
  places.granted = granted
  letIn(places)
  return places.lookups
}

/** Resolves with a place; rejects with the signal's reason if that comes first. */
function waitForPlace(places: Places, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  return new Promise<void>((resolve, reject) => {
    const enter = () => {
      signal.removeEventListener('abort', leave)
      resolve()
    }
    const leave = () => {
      places.waiting.splice(places.waiting.indexOf(enter), 1)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', leave)
    places.waiting.push(enter)
    letIn(places)
  })
}

/** Waits for a free place and runs the look-up in it. */
export async function withLookupPlace<T>(setOfBookId: number, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  const places = placesOf(setOfBookId)
  await waitForPlace(places, signal)
  try {
    return await run()
  } finally {
    places.lookups--
    letIn(places)
  }
}
