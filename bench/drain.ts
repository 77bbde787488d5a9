import { once } from 'node:events'
import { isMainThread, Worker, workerData } from 'node:worker_threads'

/** Downloads and throws away what comes, on a thread of its own, so that it does not disturb who measures. */
export async function drain(url: string, token: string): Promise<void> {
  const [code] = await once(new Worker(import.meta.filename, { workerData: { url, token } }), 'exit')
  if (code !== 0) throw new Error(`${url} could not be downloaded`)
}

if (!isMainThread) {
  const { url, token } = workerData as { url: string; token: string }
  const response = await fetch(url, { headers: { token } })
  if (!response.ok) throw new Error(`${url}: ${response.status}`)
  const reader = response.body!.getReader()
  while (!(await reader.read()).done);
}
