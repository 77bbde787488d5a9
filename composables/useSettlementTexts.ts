import en from '~/i18n/settlements/en.json'
import zh from '~/i18n/settlements/zh.json'

export type SettlementText = keyof typeof zh

/** The texts of the settlements' pages. */
export const useSettlementTexts = () => useTexts<SettlementText>({ zh, en })
