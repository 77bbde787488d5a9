import { orderMessageSchema } from '#shared/orders'
import { receiveOrder } from '../repositories/orders'
import { useConfig } from '../utils/config'
import { describeIssue, Invalid } from '../utils/errors'

/** Whom the history names for a message of the webhook. */
export const WEBHOOK_USER = 'goBox'

let schema: ReturnType<typeof orderMessageSchema> | undefined

/** Checks a webhook message and stores it; resolves when it is on disk. Throws Invalid, which names the field. */
export async function receiveMessage(setOfBookId: number, message: Record<string, unknown>): Promise<void> {
  schema ??= orderMessageSchema(useConfig().zone)
  const parsed = schema.safeParse(message)
  if (!parsed.success) throw new Invalid(describeIssue(parsed.error))
  await receiveOrder(setOfBookId, parsed.data, WEBHOOK_USER, Date.now())
}
