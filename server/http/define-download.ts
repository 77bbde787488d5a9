import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { defineEventHandler } from 'h3'
import type { Permission } from '#shared/permissions'
import { ClientLeft } from '../errors.ts'
import { clientOf } from './client-left.ts'
import { describeRoute } from './describe-route.ts'
import { actorOf, checkPermission, parseInput, requireSession, type ApiAction, type ApiContext } from './define-api.ts'
import { takePlace } from './places.ts'
import { readParameters } from './request.ts'

/** A file that is written while it is sent. */
export interface Download {
  type: string
  name: string
  /** The name for clients that know ASCII only. */
  plainName: string
  content: AsyncIterable<string | Uint8Array>
}

async function send(response: ServerResponse, { type, name, plainName, content }: Download) {
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
    // The client has left; the log shows it by the request's status.
    const isGone = error instanceof ClientLeft || (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE'
    if (!isGone) throw error
  }
}

interface DownloadRoute<Input> extends Omit<ApiAction<Input>, 'run' | 'place' | 'answer' | 'permission'> {
  permission: Permission
  media: string[]
  run: (context: ApiContext<Input>) => Promise<Download>
}

/** A route that answers with a file. */
export function defineDownload<Input>({ run, ...description }: DownloadRoute<Input>) {
  const { permission, input } = description
  const handler = defineEventHandler(async (event) => {
    const session = requireSession(event)
    checkPermission(session, permission)
    const given = parseInput(input!, await readParameters(event))
    const leave = takePlace('export', session.id)
    try {
      const client = clientOf(event.node.res)
      const download = await run({ input: given, session, event, by: actorOf(session, event), client })
      await send(event.node.res, download)
    } finally {
      leave()
    }
  })
  return describeRoute({ none: { ...description, place: 'export' } }, handler)
}
