import type { ServerResponse } from 'node:http'
import { defineEventHandler, type H3Event } from 'h3'
import type { Permission } from '#shared/permissions'
import type { SessionRecord } from '../repositories/sessions.ts'
import { watch, type Topic } from '../services/watch.ts'
import { describeRoute, type ActionDescription } from './describe-route.ts'
import { checkPermission, requireSession } from './define-api.ts'
import { takePlace } from './places.ts'
import { readQuery } from './request.ts'

/** Said now and then, so that proxies and the page see that the stream lives. */
const KEEP_ALIVE = 15_000

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'private, no-cache, no-store, no-transform, must-revalidate, max-age=0',
  'x-accel-buffering': 'no',
}

/** Sends each text as an event until there are no more; resolves when the stream has ended, whoever ended it. */
async function stream(response: ServerResponse, session: SessionRecord, topic: Topic): Promise<void> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  response.once('close', end)
  response.writeHead(200, HEADERS)
  let last = ''
  const send = (data: string) => {
    // A client that does not read gets the newest state when it does.
    if (response.writableNeedDrain) return
    last = data
    response.write(`data: ${data}\n\n`)
  }
  const unwatch = watch(topic, session.id, { next: (data) => data !== last && send(data), end: () => response.end() })
  const timer = setInterval(() => last !== '' && send(last), KEEP_ALIVE)
  await ended
  clearInterval(timer)
  unwatch()
}

interface EventStreamRoute extends Pick<ActionDescription, 'summary' | 'answer' | 'errors'> {
  permission: Permission
  find: (session: SessionRecord, event: H3Event) => Promise<Topic>
}

/** A route that streams progress as server-sent events. `find` throws if there is nothing to follow. */
export function defineEventStream({ find, ...description }: EventStreamRoute) {
  const { permission } = description
  const handler = defineEventHandler(async (event) => {
    const session = requireSession(event)
    checkPermission(session, permission)
    readQuery(event.path)
    const leave = takePlace('stream', session.id)
    try {
      await stream(event.node.res, session, await find(session, event))
    } finally {
      leave()
    }
  })
  return describeRoute({ none: { ...description, place: 'stream', media: [HEADERS['content-type']] } }, handler)
}
