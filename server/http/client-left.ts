import type { ServerResponse } from 'node:http'

const signals = new WeakMap<ServerResponse, AbortSignal>()

/** Aborts when the client is gone before it has its answer. */
export function clientOf(response: ServerResponse): AbortSignal {
  const known = signals.get(response)
  if (known) return known
  const controller = new AbortController()
  const leave = () => {
    if (!response.writableFinished) controller.abort()
  }
  if (response.closed) leave()
  else response.once('close', leave)
  signals.set(response, controller.signal)
  return controller.signal
}
