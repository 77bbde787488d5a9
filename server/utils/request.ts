import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { once } from 'node:events'
import type { H3Event } from 'h3'
import { BodyTooLarge, Invalid, NotFound, UnsupportedMediaType } from './errors'
import { parseBody } from './parse-json'

const MAX_BODY = 1024 * 1024
/** How long a too large body is read on and thrown away, so that the client gets to read the answer. */
const DISCARD = 2000

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/i

async function refuseTooLarge(request: IncomingMessage): Promise<never> {
  request.resume()
  await Promise.race([once(request, 'end'), once(request, 'close'), sleep(DISCARD)]).catch(() => undefined)
  throw new BodyTooLarge('请求体超过 1 MiB，请分成几次发送')
}

/** The request's body, refused while it streams in once it is larger than 1 MiB. Throws BodyTooLarge, Invalid. */
async function readBytes(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) await refuseTooLarge(request)
  const chunks: Buffer[] = []
  let size = 0
  const whole = await new Promise<boolean>((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAX_BODY) return void chunks.push(chunk)
      request.removeAllListeners('data')
      resolve(false)
    })
    request.once('end', () => resolve(true))
    request.once('error', cause => reject(new Invalid('请求没有发完，请重新发送', { cause })))
    request.once('close', () => reject(new Invalid('请求没有发完，请重新发送')))
  })
  return whole ? Buffer.concat(chunks, size) : refuseTooLarge(request)
}

/** The JSON object in the body; `{}` if there is none. Throws Invalid, BodyTooLarge, UnsupportedMediaType. */
export async function readJsonBody(event: H3Event): Promise<Record<string, unknown>> {
  const request = event.node.req
  const bytes = await readBytes(request)
  const type = request.headers['content-type']
  if (bytes.length > 0 && type && !JSON_TYPE.test(type.trim())) throw new UnsupportedMediaType('请求体只接受 application/json（UTF-8）')
  return parseBody(bytes)
}

/** The query's parameters; an empty one counts as not given. Throws Invalid for a key given twice. */
export function readQuery(event: H3Event): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null)
  const seen = new Set<string>()
  for (const [key, value] of new URL(event.path, 'http://localhost').searchParams) {
    if (seen.has(key)) throw new Invalid(`参数 ${key} 给了两次，请只给一次`)
    seen.add(key)
    if (value !== '') values[key] = value
  }
  return values
}

/** All parameters of a request: the query's and, on POST and PUT, the body's, which wins. */
export async function readParameters(event: H3Event): Promise<Record<string, unknown>> {
  const query = readQuery(event)
  return event.method === 'POST' || event.method === 'PUT' ? { ...query, ...await readJsonBody(event) } : query
}

/** The `[id]` of the path. Throws NotFound for anything but a positive integer. */
export function idOf(event: H3Event): number {
  const text = event.context.params?.id ?? ''
  const id = Number(text)
  if (!/^[1-9]\d*$/.test(text) || !Number.isSafeInteger(id)) throw new NotFound('没有这条记录，请检查地址')
  return id
}
