import { downloadedOrderSchema, orderMessageSchema, type OrderMessage } from '#shared/orders'
import type { Actor } from '../repositories/audit.ts'
import { receiveOrder } from '../repositories/orders.ts'
import {
  getRejectedMessage,
  keepRejectedMessage,
  replayRejectedMessage,
  type RejectedMessageRecord,
} from '../repositories/rejected-messages.ts'
import { useConfig } from '../utils/config.ts'
import { Conflict, describeIssue, DomainError, Invalid, NotFound } from '../utils/errors.ts'
import { parseBody } from '../utils/parse-json.ts'
import { noteWebhook } from './webhook-activity.ts'

/** Whom the history names for a message of the webhook. */
const WEBHOOK_USER = 'goBox'

let schema: ReturnType<typeof orderMessageSchema> | undefined

function check(message: Record<string, unknown>, source: RejectedMessageRecord['source'] = 'webhook'): OrderMessage {
  schema ??= orderMessageSchema(useConfig().zone)
  const parsed = (source === 'webhook' ? schema : downloadedOrderSchema(useConfig().zone)).safeParse(message)
  if (!parsed.success) throw new Invalid(describeIssue(parsed.error))
  return parsed.data
}

/** A webhook request as read: the parameters of its query, if it has one, and its body or why that could not be read as JSON. */
export interface WebhookMessage {
  query?: Record<string, unknown>
  body: Buffer
  refusal?: DomainError
}

/** The order in a webhook message. Throws what refuses the message. */
function readMessage({ query, body, refusal }: WebhookMessage): OrderMessage {
  if (refusal) throw refusal
  const message = parseBody(body)
  return check(query ? { ...query, ...message } : message)
}

async function refuseMessage(setOfBookId: number, body: Buffer, error: unknown): Promise<never> {
  if (error instanceof DomainError)
    await keepRejectedMessage({ setOfBookId, source: 'webhook', reason: error.message }, body, Date.now())
  throw error
}

/**
 * Checks a webhook message and stores it; resolves when it is on disk. One that cannot be understood is kept as it came and
 * refused. Rejects with Invalid, which names the field, or the message's own refusal.
 */
export function receiveMessage(setOfBookId: number, message: WebhookMessage): Promise<unknown> {
  noteWebhook(setOfBookId)
  let order: OrderMessage
  try {
    order = readMessage(message)
  } catch (error) {
    return refuseMessage(setOfBookId, message.body, error)
  }
  return receiveOrder(setOfBookId, order, WEBHOOK_USER, Date.now())
}

const NOT_THERE = '没有这条消息，可能已经处理过'

/** Takes a kept message in again, after what was wrong has been mended, and forgets it. Throws NotFound, Conflict, Invalid. */
export async function replayMessage(setOfBookId: number, id: number, by: Actor): Promise<void> {
  const message = await getRejectedMessage(setOfBookId, id)
  if (!message) throw new NotFound(NOT_THERE)
  if (message.truncated) throw new Conflict('消息太长，只保存了开头，不能重放；请改用“下载订单”补取')
  const order = check(parseBody(Buffer.from(message.body)), message.source)
  if (!(await replayRejectedMessage(setOfBookId, id, order, by, Date.now()))) throw new NotFound(NOT_THERE)
}
