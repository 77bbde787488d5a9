import { useConfig } from '../config.ts'

/** Asks the address of the heartbeat, within the deadline of all calls; neither redirects nor the answer matter. */
export async function beat(url: string): Promise<void> {
  const signal = AbortSignal.timeout(useConfig().upstreamTimeout)
  const response = await fetch(url, { redirect: 'manual', signal })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the heartbeat was answered ${response.status}`)
}
