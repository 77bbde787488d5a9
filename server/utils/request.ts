import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { once } from 'node:events'
import type { H3Event } from 'h3'
import { BodyTooLarge, type DomainError, Invalid, NotFound, UnsupportedMediaType } from './errors.ts'
import { parseBody } from './parse-json.ts'

const MAX_BODY = 1024 * 1024
/** How long a too large body is read on and thrown away, so that the client gets to read the answer. */
const DISCARD = 2000

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/i

/** A request's body and, if it cannot be taken as JSON, why. */
interface TakenBody {
  body: Buffer
  refusal?: DomainError
}

async function discardRest(request: IncomingMessage, body: Buffer): Promise<TakenBody> {
  request.resume()
  await Promise.race([once(request, 'end'), once(request, 'close'), sleep(DISCARD)]).catch(() => undefined)
  return { body, refusal: new BodyTooLarge('请求体超过 1 MiB，请分成几次发送') }
}

function checkType(request: IncomingMessage, body: Buffer): TakenBody {
  const type = request.headers['content-type']
  const isForeign = body.length > 0 && type && !JSON_TYPE.test(type.trim())
  return isForeign ? { body, refusal: new UnsupportedMediaType('请求体只接受 application/json（UTF-8）') } : { body }
}

/** A request's body (the beginning of one that is larger than 1 MiB) and, if it cannot be taken as JSON, why. Rejects with Invalid when the client breaks off. */
export function takeBody(request: IncomingMessage): Promise<TakenBody> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) return resolve(discardRest(request, Buffer.alloc(0)))
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAX_BODY) return void chunks.push(chunk)
      request.removeAllListeners('data')
      resolve(discardRest(request, Buffer.concat(chunks)))
    })
    request.on('end', () => resolve(checkType(request, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))))
    request.on('close', () => {
      // Making an error is not cheap, and every request closes.
      if (!request.readableEnded) reject(new Invalid('请求没有发完，请重新发送', { cause: request.errored }))
    })
  })
}

/** The JSON object in the body; `{}` if there is none. Throws Invalid, BodyTooLarge, UnsupportedMediaType. */
async function readJsonBody(event: H3Event): Promise<Record<string, unknown>> {
  const { body, refusal } = await takeBody(event.node.req)
  if (refusal) throw refusal
  return parseBody(body)
}

/** The parameters of an address's query, if it has one; an empty one counts as not given. Throws Invalid for a key given twice. */
export function readQuery(url: string): Record<string, unknown> | undefined {
  const begin = url.indexOf('?')
  if (begin < 0) return undefined
  const values: Record<string, unknown> = Object.create(null)
  const seen = new Set<string>()
  for (const [key, value] of new URLSearchParams(url.slice(begin))) {
    if (seen.has(key)) throw new Invalid(`参数 ${key} 给了两次，请只给一次`)
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
  if (!/^[1-9]\d*$/.test(text) || !Number.isSafeInteger(id)) throw new NotFound('没有这条记录，请检查地址')
  return id
}
