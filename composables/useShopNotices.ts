import { parseTime } from '#shared/time'

const EVERY = 60_000
const SILENCE = 3 * 3_600_000

/** Keeps the banner told of what stops the shop's orders: a paused import, a goBox that has fallen silent. */
export function useShopNotices() {
  const { t, locale } = useI18n()
  const { timeAgo } = useFormat()
  const session = useSessionStore()
  const notices = useNoticesStore()
  const automation = useAutomation()

  const isSilent = (lastWebhook: string) =>
    Date.now() - (parseTime(lastWebhook, session.current?.time_zone ?? 'UTC') ?? 0) > SILENCE

  useIntervalFn(() => session.current && automation.refresh(), EVERY)
  watch(
    () => session.current?.set_of_book,
    (set) => set && automation.refresh(),
  )
  watch(
    [() => automation.data, locale],
    ([data]) => {
      const paused = data?.import_paused_reason
      const heard = data?.last_webhook_at
      notices.tell(
        'imports',
        paused ? { type: 'danger', text: paused, action: { label: t('banner.logIn'), to: '/login' } } : null,
      )
      notices.tell(
        'gobox',
        heard && isSilent(heard)
          ? {
              type: 'warning',
              text: t('banner.goboxSilent', { time: timeAgo(heard) }),
              action: { label: t('banner.checkWebhook'), to: '/settings' },
            }
          : null,
      )
    },
    { immediate: true },
  )
}
