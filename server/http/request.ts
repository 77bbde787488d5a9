import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { once } from 'node:events'
import type { H3Event } from 'h3'
import { isDate } from '#shared/dates'
import { BodyTooLarge, type DomainError, Invalid, NotFound, TooMany, UnsupportedMediaType } from '../errors.ts'
import { parseBody } from '../json.ts'

const MAX_BODY = 1024 * 1024
/** How long a too large body is read on and thrown away, so that the client gets to read the answer. */
const DISCARD = 2000

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/i

/** A request's body and, if it cannot be taken as JSON, why. */
interface TakenBody {
  body: Buffer
  refusal?: DomainError
}

async function discardRest(request: IncomingMessage, body: Buffer, refusal: DomainError): Promise<TakenBody> {
  request.resume()
  await Promise.race([once(request, 'end'), once(request, 'close'), sleep(DISCARD)]).catch(() => undefined)
  return { body, refusal }
}

const tooLarge = () => new BodyTooLarge('请求体超过 1 MiB，请分成几次发送', { code: 'body_too_large' })

/** Bytes of bodies that are being read, of requests that share a bound. */
interface HeldBodies {
  bytes: number
  max: number
}

const staffBodies: HeldBodies = { bytes: 0, max: 64 * MAX_BODY }
/** GoBox's messages have a room of their own, which their connections bound. */
const messages: HeldBodies = { bytes: 0, max: Infinity }
const tooManyHeld = () => new TooMany('同时进行的请求太多，请稍等再试', 1, { code: 'too_many_requests' })

function checkType(request: IncomingMessage, body: Buffer): TakenBody {
  const type = request.headers['content-type']
  const isForeign = body.length > 0 && type && !JSON_TYPE.test(type.trim())
  return isForeign
    ? {
        body,
        refusal: new UnsupportedMediaType('请求体只接受 application/json（UTF-8）', { code: 'unsupported_media_type' }),
      }
    : { body }
}

/**
 * A request's body (the beginning of one that is larger than 1 MiB) and, if it cannot be taken as JSON, why. Rejects
 * with Invalid when the client breaks off.
 */
export function takeBody(request: IncomingMessage, held = messages): Promise<TakenBody> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY)
      return resolve(discardRest(request, Buffer.alloc(0), tooLarge()))
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      held.bytes += chunk.length
      if (size <= MAX_BODY && held.bytes <= held.max) return void chunks.push(chunk)
      request.removeAllListeners('data')
      resolve(discardRest(request, Buffer.concat(chunks), size > MAX_BODY ? tooLarge() : tooManyHeld()))
    })
    request.on('end', () => resolve(checkType(request, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))))
    request.on('close', () => {
      held.bytes -= size
      // Making an error is not cheap, and every request closes.
      if (!request.readableEnded)
        reject(new Invalid('请求没有发完，请重新发送', { code: 'request_aborted', cause: request.errored }))
    })
  })
}

/** The JSON object in the body; `{}` if there is none. Throws Invalid, BodyTooLarge, UnsupportedMediaType. */
async function readJsonBody(event: H3Event): Promise<Record<string, unknown>> {
  const { body, refusal } = await takeBody(event.node.req, staffBodies)
  if (refusal) throw refusal
  return parseBody(body)
}

/**
 * The parameters of an address's query, if it has one; an empty one counts as not given. Throws Invalid for a key given
 * twice.
 */
export function readQuery(url: string): Record<string, unknown> | undefined {
  const begin = url.indexOf('?')
  if (begin < 0) return undefined
  const values: Record<string, unknown> = Object.create(null)
  const seen = new Set<string>()
  for (const [key, value] of new URLSearchParams(url.slice(begin))) {
    if (seen.has(key))
      throw new Invalid(`参数 ${key} 给了两次，请只给一次`, { code: 'parameter_repeated', params: { field: key } })
    seen.add(key)
    if (value !== '') values[key] = value
  }
  return values
}

/** All parameters of a request: the query's and, on POST and PUT, the body's, which wins. */
export async function readParameters(event: H3Event): Promise<Record<string, unknown>> {
  const query = readQuery(event.path) ?? {}
  return event.method === 'POST' || event.method === 'PUT' ? { ...query, ...(await readJsonBody(event)) } : query
}

/** The `[id]` of the path. Throws NotFound for anything but a positive integer. */
export function idOf(event: H3Event): number {
  const text = event.context.params?.id ?? ''
  const id = Number(text)
  if (!/^[1-9]\d*$/.test(text) || !Number.isSafeInteger(id))
    throw new NotFound('没有这条记录，请检查地址', { code: 'not_found' })
  return id
}

/** The `[date]` of the path. Throws NotFound for anything but a real date. */
export function dateOf(event: H3Event): string {
  const date = event.context.params?.date ?? ''
  if (!isDate(date)) throw new NotFound('没有这一天，请检查地址里的日期', { code: 'date_not_found' })
  return date
}
