import en from '~/i18n/failures/en.json'
import zh from '~/i18n/failures/zh.json'

/** The texts of failed imports and of how they are mended. */
export const useFailureTexts = () => useTexts<keyof typeof zh>({ zh, en })
