import process from 'node:process'

const LIMIT = 4000

/** Asks the server of this machine whether it is healthy; the exit code tells. */
export async function checkHealth(): Promise<void> {
  const port = process.env.NITRO_PORT ?? process.env.PORT ?? 3000
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(LIMIT) })
    console.log(await response.text())
    if (!response.ok) process.exitCode = 1
  } catch (error) {
    console.error(`没有回答：${(error as Error).message}`)
    process.exitCode = 1
  }
}
