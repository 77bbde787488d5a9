import en from '~/i18n/reports/en.json'
import zh from '~/i18n/reports/zh.json'

/** The texts of the reports. */
export const useReportTexts = () => useTexts<keyof typeof zh>({ zh, en })
