interface Progress {
  pending: number
  failed: number
}

type Detail = Progress & { failures: unknown[] }

const POLL = 2000
/**
 * The server speaks at once, and then at least every 15 seconds; a proxy that holds its words back makes the stream
 * useless.
 */
const FIRST_WORD = 3000
const SILENCE = 20_000
/** A browser opens six connections to a host, and the pages' other calls need some. */
const MAX_STREAMS = 3
let streams = 0

/** Hands on the data of each server-sent event until the stream ends; throws where it breaks or falls silent. */
async function readEvents(
  url: string,
  headers: Record<string, string>,
  outer: AbortSignal,
  handle: (data: string) => Promise<void>,
) {
  if (streams >= MAX_STREAMS) return
  streams++
  const aborter = new AbortController()
  let timer = setTimeout(() => aborter.abort(), FIRST_WORD)
  try {
    const response = await fetch(url, {
      headers: { ...headers, Accept: 'text/event-stream' },
      signal: AbortSignal.any([outer, aborter.signal]),
    })
    if (!response.ok || !response.body) throw new Error(`events: ${response.status}`)
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let rest = ''; ;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(timer)
      timer = setTimeout(() => aborter.abort(), SILENCE)
      const events = (rest + value).split('\n\n')
      rest = events.pop()!
      for (const line of events.flatMap((text) => text.split('\n')))
        if (line.startsWith('data:')) await handle(line.slice(5))
    }
  } finally {
    clearTimeout(timer)
    streams--
  }
}

/**
 * Follows what the server works on at `path` until nothing of it waits any more: by the server's events, and where
 * those do not come through by asking. Throws ApiError where the server cannot be asked either.
 */
export async function follow<Followed extends Detail>(
  path: string,
  api: ReturnType<typeof useApi>,
  headers: Record<string, string>,
  show: (now: Followed) => void,
  signal: AbortSignal,
) {
  let failures: unknown[] = []
  async function look() {
    const now = await api<Followed>(path, { signal })
    failures = now.failures
    show(now)
    return now.pending === 0
  }
  if (await look()) return
  // The events tell no reasons; those are asked for when another order has failed.
  const events = readEvents(`${path}/events`, headers, signal, async (data) => {
    const progress = JSON.parse(data) as Progress
    if (progress.failed === failures.length) show({ ...progress, failures } as Followed)
    else await look()
  })
  await events.catch(() => undefined)
  while (!signal.aborted && !(await look())) await new Promise((resolve) => setTimeout(resolve, POLL))
}
