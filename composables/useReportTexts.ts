import { fillIn } from '#shared/failure-text'
import en from '~/i18n/reports/en.json'
import zh from '~/i18n/reports/zh.json'

type ReportText = keyof typeof zh

/** The texts of the reports, which come with their page and not with the first load. */
export function useReportTexts() {
  const { locale } = useI18n()
  return (key: ReportText, values: Record<string, string | number> = {}) =>
    fillIn((locale.value === 'en' ? en : zh)[key], values)
}
