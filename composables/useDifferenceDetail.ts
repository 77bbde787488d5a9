import { ORDER_STATUS } from '#shared/order-status'
import type { SettlementDifference } from '#shared/settlement-answers'

/** What the server noted of a difference, with the states and statuses in the page's words. */
export function useDifferenceDetail() {
  const { t, locale } = useI18n({ useScope: 'global' })
  const say = useSettlementTexts()
  const reasonOf = useReason()

  const inWords = (text: string) =>
    Object.entries(ORDER_STATUS).reduce(
      (words, [status, name]) => words.replaceAll(name, t(`orderStatus.${status}`)),
      text,
    )

  return ({ kind, detail, retail_code: code, ...difference }: SettlementDifference): string => {
    if (detail === null) return ''
    const inLanguage = (message: string) =>
      reasonOf({ message, code: difference.detail_code, params: difference.detail_params })
    // 未导入（idle）：why
    const [, state, reason] = (kind === 'not_imported' && /^[^（]+（(\w+)）(?:：(.*))?$/s.exec(detail)) || []
    // The kind says that it is not imported.
    const words = state === 'idle' ? undefined : state && t(`importLook.${state}`)
    if (state) return [words, reason && inLanguage(reason)].filter(Boolean).join(locale.value === 'zh' ? '：' : ': ')
    if (locale.value === 'zh') return detail
    if (kind === 'status_differs')
      return inWords(detail).replaceAll('：', ': ').replace('，', ', ').replace('本系统', say('stored'))
    if (kind === 'refunded_after_import') return inWords(detail)
    // The kind and the amounts say the rest.
    return kind === 'refused' ? inLanguage(detail) : (code ?? '')
  }
}
