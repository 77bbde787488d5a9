import type { SettlementChange } from '#shared/settlement-answers'

/** What a change of a closed day was, in the page's words. */
export function useChangeDetail() {
  const { t, locale } = useI18n({ useScope: 'global' })
  const say = useSettlementTexts()
  const { money } = useFormat()
  const statusOf = ({ status }: SettlementChange['after']) => t(`orderStatus.${status}`)

  return ({ before, after, lines_changed: hasOtherLines }: SettlementChange): string => {
    if (!before)
      return say('change.new', { status: statusOf(after), amount: money(after.total_amount), cabinet: after.dev_id })
    const pairs = [
      ['change.status', statusOf(before), statusOf(after)],
      ['change.amount', money(before.total_amount), money(after.total_amount)],
      ['change.cabinet', before.dev_id, after.dev_id],
      ['change.time', before.create_time, after.create_time],
    ] as const
    const parts = pairs.filter(([, from, to]) => from !== to).map(([key, from, to]) => say(key, { from, to }))
    return [...parts, ...(hasOtherLines ? [say('change.lines')] : [])].join(locale.value === 'zh' ? '；' : '; ')
  }
}
