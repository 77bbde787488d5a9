import type { AlertChannel, ChannelType } from '#shared/alerts'

const FIELDS = [
  'name',
  'type',
  'url',
  'secret',
  'keyword',
  'min_severity',
  'digest_at',
  'quiet_from',
  'quiet_to',
] as const

/** Which types take which fields. */
export const CHANNEL_FORMS: Record<ChannelType, { hasSecret: boolean; example: string }> = {
  wecom: { hasSecret: false, example: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…' },
  dingtalk: { hasSecret: true, example: 'https://oapi.dingtalk.com/robot/send?access_token=…' },
  feishu: { hasSecret: true, example: 'https://open.feishu.cn/open-apis/bot/v2/hook/…' },
  webhook: { hasSecret: true, example: 'https://…' },
  email: { hasSecret: false, example: 'a@example.com,b@example.com' },
}

const MAILTO = 'mailto:'

/** The form of a channel that exists, or of a new one. */
export function useChannelForm(channel: AlertChannel | undefined) {
  const api = useApi()
  const draft = reactive({
    type: channel?.type ?? ('wecom' as ChannelType),
    name: channel?.name ?? '',
    url: channel?.url.replace(MAILTO, '') ?? '',
    secret: channel?.secret ?? '',
    keyword: channel?.keyword ?? '',
    enabled: channel?.enabled ?? true,
    min_severity: channel?.min_severity ?? 'warning',
    digest_at: channel ? channel.digest_at : '08:07',
    quiet_from: channel?.quiet_from ?? null,
    quiet_to: channel?.quiet_to ?? null,
  })
  // The address of a group's robot is as good as its key.
  const kept = useDraft(`channel:${channel?.id ?? ''}`, draft, () =>
    draft.type === 'email' ? ['secret'] : ['url', 'secret'],
  )
  const isBusy = ref(false)
  const { errors, note, clear } = useFieldErrors(FIELDS)

  const bodyOf = () => ({
    ...draft,
    url: draft.type === 'email' ? MAILTO + draft.url.replace(/\s+/g, '') : draft.url.trim(),
    secret: draft.secret.trim() || null,
    keyword: draft.keyword.trim() || null,
    digest_at: draft.digest_at || null,
    quiet_from: draft.quiet_from || null,
    quiet_to: draft.quiet_to || null,
  })

  async function save(): Promise<AlertChannel | undefined> {
    isBusy.value = true
    clear()
    try {
      return channel
        ? await api<AlertChannel>(`/api/alert_channels/${channel.id}`, { method: 'PUT', body: bodyOf() })
        : await api<AlertChannel>('/api/alert_channels', { method: 'POST', body: bodyOf() })
    } catch (error) {
      note(error)
    } finally {
      isBusy.value = false
    }
  }

  return { draft, kept, errors, isBusy, save }
}
