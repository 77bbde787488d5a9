import { fillIn } from '#shared/failure-text'

/** Says texts that come with what imports them, and not with the first load. */
export function useTexts<Key extends string>(texts: Record<'zh' | 'en', Record<Key, string>>) {
  const { locale } = useI18n({ useScope: 'global' })
  return (key: Key, values: Record<string, string | number> = {}) => fillIn(texts[locale.value][key], values)
}
