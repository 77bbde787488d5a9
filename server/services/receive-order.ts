import { downloadedOrderSchema, orderMessageSchema, type OrderMessage } from '#shared/orders'
import type { Reason } from '#shared/error-codes'
import type { Actor } from '../repositories/audit.ts'
import { receiveOrder, type Receipt } from '../repositories/orders.ts'
import {
  getRejectedMessage,
  keepRejectedMessage,
  replayRejectedMessage,
  type RejectedMessageRecord,
} from '../repositories/rejected-messages.ts'
import { useConfig } from '../config.ts'
import { Conflict, DomainError, invalidInput, NotFound, problemsOf } from '../errors.ts'
import { parseBody } from '../json.ts'
import { settleRestore } from './restore-notice.ts'
import { noteWebhook } from './webhook-activity.ts'

/** The user that the history names for a webhook message. */
const WEBHOOK_USER = 'goBox'

let schema: ReturnType<typeof orderMessageSchema> | undefined

function parse(message: Record<string, unknown>, source: RejectedMessageRecord['source']) {
  schema ??= orderMessageSchema(useConfig().zone)
  return (source === 'webhook' ? schema : downloadedOrderSchema(useConfig().zone)).safeParse(message)
}

function check(message: Record<string, unknown>, source: RejectedMessageRecord['source'] = 'webhook'): OrderMessage {
  const parsed = parse(message, source)
  if (!parsed.success) throw invalidInput(parsed.error)
  return parsed.data
}

/**
 * A webhook request as read: the parameters of its query, if it has one, and its body or why that could not be read as
 * JSON.
 */
export interface WebhookMessage {
  /** Of the local token that it came with. */
  tokenHash: string
  query?: Record<string, unknown>
  body: Buffer
  refusal?: DomainError
}

/** Parses the order in a webhook message. Throws a DomainError if the message is invalid. */
function readMessage({ query, body, refusal }: WebhookMessage): OrderMessage {
  if (refusal) throw refusal
  const message = parseBody(body)
  return check(query ? { ...query, ...message } : message)
}

/** Bytes at the begin of a message in which its order is looked for. */
const LOOKED_THROUGH = 64 * 1024
const TRANS_ID = /"trans_id"\s*:\s*(?:"((?:[^"\\]|\\.){1,256})"|(-?\d{1,256}))/

/** The `trans_id` of a rejected message, if it can be read, even from invalid JSON. */
function readTransId({ query, body }: WebhookMessage): string | null {
  const begin = body.subarray(0, LOOKED_THROUGH)
  let named: unknown
  try {
    named = begin.length === body.length ? { ...query, ...parseBody(body) }.trans_id : undefined
  } catch {
    // The raw text may still name it.
  }
  const [, quoted, digits] = TRANS_ID.exec(begin.toString('utf8')) ?? []
  const text = named ?? quoted ?? digits ?? query?.trans_id
  return typeof text === 'string' && text.trim() !== '' ? text : null
}

async function refuseMessage(setOfBookId: number, message: WebhookMessage, error: unknown): Promise<never> {
  if (error instanceof DomainError)
    await keepRejectedMessage(
      { setOfBookId, source: 'webhook', transId: readTransId(message) },
      error,
      message.body,
      Date.now(),
    )
  throw error
}

/**
 * Checks a webhook message and stores it; resolves when it is on disk. One that cannot be understood is kept as it came
 * and refused. Rejects with Invalid, which names the field, the message's own refusal, or Unauthorized.
 */
export function receiveMessage(setOfBookId: number, message: WebhookMessage): Promise<Receipt> {
  noteWebhook(setOfBookId)
  let order: OrderMessage
  try {
    order = readMessage(message)
  } catch (error) {
    return refuseMessage(setOfBookId, message, error)
  }
  settleRestore(setOfBookId)
  return receiveOrder(setOfBookId, order, WEBHOOK_USER, Date.now(), { tokenHash: message.tokenHash })
}

const notThere = () => new NotFound('没有这条消息，可能已经处理过', { code: 'message_not_found' })

/** A kept message with its text. Throws NotFound. */
export async function viewMessage(setOfBookId: number, id: number) {
  const message = await getRejectedMessage(setOfBookId, id)
  if (!message) throw notThere()
  return message
}

/** All that is wrong with a kept message, or with the text that is to take its place. Throws NotFound. */
export async function checkMessage(setOfBookId: number, id: number, mended?: string): Promise<Reason[]> {
  const { body, source } = await viewMessage(setOfBookId, id)
  try {
    const parsed = parse(parseBody(Buffer.from(mended ?? body)), source)
    return parsed.success ? [] : problemsOf(parsed.error)
  } catch (error) {
    // Invalid JSON.
    if (error instanceof DomainError) return [error]
    throw error
  }
}

/**
 * Takes a kept message in again, after what was wrong has been mended (there, or in its text), and forgets it. Throws
 * NotFound, Conflict, Invalid.
 */
export async function replayMessage(setOfBookId: number, id: number, by: Actor, mended?: string): Promise<void> {
  const message = await viewMessage(setOfBookId, id)
  if (message.truncated && mended === undefined)
    throw new Conflict('消息太长，只保存了开头，不能重放；请改用“下载订单”补取', { code: 'message_truncated' })
  const order = check(parseBody(Buffer.from(mended ?? message.body)), message.source)
  const isEdited = mended !== undefined && mended !== message.body
  if (!(await replayRejectedMessage(message, order, by, Date.now(), isEdited))) throw notThere()
}
