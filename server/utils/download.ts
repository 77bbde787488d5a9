import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { defineEventHandler, type H3Event } from 'h3'
import { actorOf, checkPermission, parseInput, requireSession, type ApiAction, type ApiContext } from './api.ts'
import { readParameters } from './request.ts'

/** A file that is written while it is sent. */
export interface Download {
  type: string
  name: string
  /** The name for clients that know ASCII only. */
  plainName: string
  content: AsyncIterable<string | Uint8Array>
}

async function send(event: H3Event, { type, name, plainName, content }: Download) {
  const response = event.node.res
  const pieces = content[Symbol.asyncIterator]()
  // Before the headers are out, a failure is still told in the envelope.
  const first = await pieces.next()
  response.setHeader('content-type', type)
  response.setHeader(
    'content-disposition',
    `attachment; filename="${plainName}"; filename*=UTF-8''${encodeURIComponent(name)}`,
  )
  async function* all() {
    if (!first.done) yield first.value
    yield* { [Symbol.asyncIterator]: () => pieces }
  }
  try {
    await pipeline(Readable.from(all()), response)
  } catch (error) {
    // Whoever asked has gone; the log tells by the request's status.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}

/** A route that answers with a file. */
export function defineDownload<Input>({
  permission,
  input,
  run,
}: Omit<ApiAction<Input>, 'run'> & { run: (context: ApiContext<Input>) => Promise<Download> }) {
  return defineEventHandler(async (event) => {
    const session = requireSession(event)
    checkPermission(session, permission)
    await send(
      event,
      await run({
        input: parseInput(input!, await readParameters(event)),
        session,
        event,
        by: actorOf(session, event),
      }),
    )
  })
}
