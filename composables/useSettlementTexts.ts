import en from '~/i18n/settlements/en.json'
import zh from '~/i18n/settlements/zh.json'

export type SettlementText = keyof typeof zh

/** The texts of the settlements' pages, which come with those pages and not with the first load. */
export function useSettlementTexts() {
  const { locale } = useI18n()
  return (key: SettlementText, values: Record<string, string | number> = {}) =>
    (locale.value === 'en' ? en : zh)[key].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}
