import { useConfig } from '../config.ts'

/** Pings the heartbeat URL, within the deadline that all calls have. Redirects and the answer are ignored. */
export async function beat(url: string): Promise<void> {
  const signal = AbortSignal.timeout(useConfig().upstreamTimeout)
  const response = await fetch(url, { redirect: 'manual', signal })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the heartbeat was answered ${response.status}`)
}
