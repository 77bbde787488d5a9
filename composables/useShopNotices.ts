const EVERY = 30_000

/** Keeps the banner told of the gravest of what needs somebody, where that stops the shop's orders. */
export function useShopNotices() {
  const { t, locale } = useI18n()
  const { titleOf, detailOf, mendAt } = useAttentionWords()
  const session = useSessionStore()
  const notices = useNoticesStore()
  const attention = useAttention()
  const { load: restored } = useRestoreNotice()

  const refresh = () => Promise.all([attention.refresh(), restored.refresh()])

  useIntervalFn(() => session.current && refresh(), EVERY)
  watch(
    () => session.current?.set_of_book,
    (set) => set && refresh(),
  )
  watch(
    [() => restored.data?.notice, locale],
    ([notice]) =>
      notices.tell(
        'restore',
        notice
          ? {
              type: notice.strangers > 0 ? 'danger' : 'warning',
              text:
                notice.strangers > 0
                  ? t('banner.strangers', { count: notice.strangers })
                  : t('banner.restored', { time: notice.at }),
              action: { label: t('banner.checkToken'), to: '/settings' },
            }
          : null,
      ),
    { immediate: true },
  )
  watchEffect(() => {
    const [gravest] = attention.data?.root ?? []
    notices.tell(
      'attention',
      gravest?.severity === 'critical'
        ? {
            type: 'danger',
            text: [titleOf(gravest), detailOf(gravest)].filter(Boolean).join(locale.value === 'zh' ? '：' : ': '),
            action: { label: t(mendAt(gravest) === '/login' ? 'banner.logIn' : 'banner.mend'), to: mendAt(gravest) },
          }
        : null,
    )
  })
}
