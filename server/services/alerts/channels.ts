import { randomUUID } from 'node:crypto'
import { DEFAULT_DIGEST_AT, MASK, type ChannelInput, type ChannelPatch, type ChannelType } from '#shared/alerts'
import type { Actor } from '../../repositories/audit.ts'
import {
  createChannel,
  getChannel,
  recordTest,
  updateChannel,
  type ChannelFields,
  type ChannelRecord,
} from '../../repositories/alert-channels.ts'
import { isChannelAddress, maskAddress } from '../../connectors/alert-addresses.ts'
import { WEBHOOK_SECRET } from '../../connectors/alert-robots.ts'
import { requireSmtp } from '../../connectors/email.ts'
import { DomainError, invalidField, NotFound } from '../../errors.ts'
import { dispatch } from './dispatch.ts'
import { noteMessage } from './rate.ts'

const missing = () => new NotFound('没有这个通知渠道，可能已被删除', { code: 'channel_not_found' })

/** A channel of the account set. Throws NotFound. */
async function requireChannel(setOfBookId: number, id: number): Promise<ChannelRecord> {
  const channel = await getChannel(setOfBookId, id)
  if (!channel) throw missing()
  return channel
}

const ADDRESS_CLAUSES: Record<ChannelType, string> = {
  wecom: '必须是 https://qyapi.weixin.qq.com/ 开头的机器人地址',
  dingtalk: '必须是 https://oapi.dingtalk.com/ 开头的机器人地址',
  feishu: '必须是 https://open.feishu.cn/ 开头的机器人地址',
  webhook: '这个地址不在 NUXT_ALERT_ALLOWED_ORIGINS 里，请管理员先加上',
  email: '必须是 mailto: 开头的邮件地址，多个用逗号分隔',
}

function checkSecret({ type, secret }: ChannelFields) {
  if (secret === MASK) throw invalidField('secret', '请填写完整的密钥', { rule: 'masked' })
  if (type === 'webhook' && (secret === null || !WEBHOOK_SECRET.test(secret)))
    throw invalidField('secret', '必须是 whsec_ 开头的签名密钥', { rule: 'webhook_secret' })
}

/** Throws Invalid for fields that contradict each other, and Refused for e-mail without a server. */
function check(fields: ChannelFields) {
  const { type, url, quietFrom, quietTo } = fields
  if (!isChannelAddress(type, url) || url.includes(MASK))
    throw invalidField('url', ADDRESS_CLAUSES[type], { rule: `address_${type}` })
  checkSecret(fields)
  if ((quietFrom === null) !== (quietTo === null))
    throw invalidField(quietFrom === null ? 'quiet_from' : 'quiet_to', '免打扰要同时填写开始和结束', {
      rule: 'quiet_pair',
    })
  if (type === 'email') requireSmtp()
}

/** Merges a form into the stored channel; fields left out, or sent back masked, stay. */
function apply(before: ChannelFields, patch: ChannelPatch, now: number): ChannelFields {
  const given = <Value>(value: Value | undefined, kept: Value) => (value === undefined ? kept : value)
  const isSameUrl = patch.url === undefined || patch.url === maskAddress(before.type, before.url)
  const digestAt = given(patch.digest_at, before.digestAt)
  return {
    type: before.type,
    name: given(patch.name, before.name),
    url: isSameUrl ? before.url : patch.url!,
    secret: patch.secret === MASK && before.secret !== null ? before.secret : given(patch.secret, before.secret),
    keyword: given(patch.keyword, before.keyword),
    enabled: given(patch.enabled, before.enabled),
    minSeverity: given(patch.min_severity, before.minSeverity),
    digestAt,
    digestSince: digestAt === before.digestAt ? before.digestSince : now,
    quietFrom: given(patch.quiet_from, before.quietFrom),
    quietTo: given(patch.quiet_to, before.quietTo),
  }
}

/** Adds a channel. Throws Invalid and Refused. */
export function addChannel(
  { type, url, ...input }: ChannelInput,
  set: { id: number; name: string },
  by: Actor,
): Promise<ChannelRecord> {
  const now = Date.now()
  const empty: ChannelFields = {
    type,
    url,
    name: input.name,
    secret: null,
    keyword: null,
    enabled: true,
    minSeverity: 'warning',
    digestAt: DEFAULT_DIGEST_AT,
    digestSince: now,
    quietFrom: null,
    quietTo: null,
  }
  const fields = apply(empty, input, now)
  check(fields)
  return createChannel(fields, set, by, now)
}

/** Changes a channel. Throws NotFound, Invalid and Refused. */
export async function changeChannel(
  setOfBookId: number,
  id: number,
  patch: ChannelPatch,
  by: Actor,
): Promise<ChannelRecord> {
  const before = await requireChannel(setOfBookId, id)
  if (patch.type !== undefined && patch.type !== before.type)
    throw invalidField('type', '不能更改，请新建一个通知渠道', { rule: 'fixed_type' })
  const fields = apply(before, patch, Date.now())
  check(fields)
  const changed = await updateChannel(before, fields, by)
  if (!changed) throw missing()
  return changed
}

/**
 * Sends a message through a channel at once, whatever the hours. Throws NotFound, Refused, UpstreamBroken and
 * UpstreamTimeout.
 */
export async function testChannel(setOfBookId: number, id: number): Promise<void> {
  const channel = await requireChannel(setOfBookId, id)
  const begin = Date.now()
  const parcel = { type: 'test' as const, message: { items: [] }, messageId: `msg_${randomUUID()}` }
  noteMessage(channel.url, begin)
  try {
    await dispatch(channel, parcel, begin)
    await recordTest(channel, { ...parcel, error: null }, begin, Date.now())
  } catch (error) {
    const reason = error instanceof DomainError ? error.message : '程序内部出错，详情见日志'
    await recordTest(channel, { ...parcel, error: reason }, begin, Date.now())
    throw error
  }
}
