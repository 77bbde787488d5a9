import type { Told } from './useReason'

/** Says what is wrong with a message of goBox, with the field in words: 商品第 1 行：名称. */
export function useMessageWords() {
  const { t, te } = useI18n()
  const reasonOf = useReason()

  const nameOf = (field: string) =>
    te(`settings.messages.field.${field}`) ? t(`settings.messages.field.${field}`) : field

  function whereOf(field: string): string {
    const [, index, rest] = /^products\.(\d+)(?:\.(\w+))?$/.exec(field) ?? []
    if (index === undefined) return nameOf(field)
    const line = t('settings.messages.line', { number: Number(index) + 1 })
    return rest === undefined ? line : t('settings.messages.lineField', { line, field: nameOf(rest) })
  }

  return function wordsOf(told: Told): string {
    const { field } = told.params ?? {}
    const text = reasonOf(told)
    return typeof field === 'string' ? text.replace(field, whereOf(field)) : text
  }
}
