import type { ServerResponse } from 'node:http'
import { nextTurn } from '../turns.ts'
import { clientOf } from './client-left.ts'

/** What an answer holds: fields, of which each list may come slice by slice. */
export type AnswerFields = Record<string, unknown>

const MIB = 1024 * 1024
/** Maximum size of an answer, in bytes. Longer lists are cut: clients ask for the rest behind the rows received. */
const MAX_ANSWER = 8 * MIB
/** Answers that are being made or wait for their clients to read them: so many bytes in all, and of one session. */
const MAX_HELD = 64 * MIB
const MAX_HELD_OF_SESSION = 16 * MIB
/** An answer's bound where there is more; enough for the pages' own lists. */
const MIN_ANSWER = MIB / 4
/** Bytes that are encoded in one go. */
const PIECE = 64 * 1024
/** Bytes for the end of an answer. */
const TAIL = 64

const heldOfSession = new Map<number, number>()
let held = 0

function hold(sessionId: number, bytes: number) {
  held += bytes
  const own = (heldOfSession.get(sessionId) ?? 0) + bytes
  if (own > 0) heldOfSession.set(sessionId, own)
  else heldOfSession.delete(sessionId)
}

/** JSON on its way into bytes, which take half the memory of text, within the bounds of its session. */
class Pieces {
  readonly buffers: Buffer[] = []
  size = 0
  #text = ''
  readonly #sessionId: number

  constructor(sessionId: number) {
    this.#sessionId = sessionId
  }

  add(text: string) {
    const bytes = Buffer.byteLength(text)
    this.size += bytes
    hold(this.#sessionId, bytes)
    this.#text += text
    if (this.#text.length >= PIECE) this.end()
  }

  hasRoomFor(text: string): boolean {
    const size = this.size + Buffer.byteLength(text) + TAIL
    const isTight = held >= MAX_HELD || (heldOfSession.get(this.#sessionId) ?? 0) >= MAX_HELD_OF_SESSION
    return size <= (isTight ? MIN_ANSWER : MAX_ANSWER)
  }

  end() {
    if (this.#text !== '') this.buffers.push(Buffer.from(this.#text))
    this.#text = ''
  }

  /** The client has them, or is gone. */
  release() {
    hold(this.#sessionId, -this.size)
    this.size = 0
  }
}

type Slices = AsyncIterable<unknown[]>

const isSlices = (value: unknown): value is Slices =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** Rows that are encoded in one go. */
const SLICE = 200

/** A list in slices that take some milliseconds to encode. */
async function* slicesOf(list: unknown[] | Slices, client: AbortSignal): Slices {
  if (isSlices(list)) return yield* list
  for (let start = 0; start < list.length; start += SLICE) {
    if (start > 0) await nextTurn(client)
    yield list.slice(start, start + SLICE)
  }
}

/** Adds a list's rows, at least one, while there is room. Returns whether all of them found it. */
async function addRows(pieces: Pieces, list: Slices): Promise<boolean> {
  let separator = ''
  for await (const rows of list)
    for (const row of rows) {
      const text = separator + JSON.stringify(row)
      if (separator !== '' && !pieces.hasRoomFor(text)) return false
      pieces.add(text)
      separator = ','
    }
  return true
}

/** Adds the fields as JSON. Where another list than `root` is cut, `truncated` says so. */
async function addFields(pieces: Pieces, fields: AnswerFields, client: AbortSignal) {
  const entries = Object.entries(fields)
  const isList = ([, value]: [string, unknown]) => Array.isArray(value) || isSlices(value)
  pieces.add(JSON.stringify(Object.fromEntries(entries.filter((entry) => !isList(entry)))).slice(0, -1))
  for (const [name, list] of entries.filter(isList) as [string, unknown[] | Slices][]) {
    pieces.add(`,"${name}":[`)
    const isWhole = await addRows(pieces, slicesOf(list, client))
    pieces.add(isWhole || name === 'root' ? ']' : '],"truncated":true')
  }
  pieces.add('}')
  pieces.end()
}

/** Answers a session with fields beside `state`, bounded, and slice by slice as goBox's messages leave time for it. */
export async function sendAnswer(response: ServerResponse, sessionId: number, fields: AnswerFields): Promise<void> {
  const pieces = new Pieces(sessionId)
  try {
    await addFields(pieces, { state: 1, ...fields }, clientOf(response))
  } catch (error) {
    pieces.release()
    throw error
  }
  if (response.closed) return pieces.release()
  response.once('close', () => pieces.release())
  response.setHeader('content-type', 'application/json')
  response.setHeader('content-length', pieces.size)
  for (const buffer of pieces.buffers) response.write(buffer)
  response.end()
}
