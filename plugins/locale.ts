type Code = 'zh' | 'en'

/** The language chosen in this browser, remembered; its texts are there before the first page is drawn. */
export default defineNuxtPlugin({
  dependsOn: ['i18n:plugin'],
  async setup({ $i18n }) {
    const remembered = useLocalStorage<Code>('gobox.locale', 'zh')
    const { locale } = $i18n
    await Promise.all([
      $i18n.setLocale(remembered.value),
      remembered.value !== 'zh' && loadFailureTexts(remembered.value),
    ])
    watch(locale, (code) => {
      remembered.value = code as Code
      void loadFailureTexts(code)
    })
  },
})
