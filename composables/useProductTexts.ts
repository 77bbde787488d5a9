import en from '~/i18n/products/en.json'
import zh from '~/i18n/products/zh.json'

/** The texts of what sells and of the barcodes that C8 does not know. */
export const useProductTexts = () => useTexts<keyof typeof zh>({ zh, en })
