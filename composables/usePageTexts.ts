const FILES = {
  login: { zh: () => import('~/i18n/login/zh.json'), en: () => import('~/i18n/login/en.json') },
  overview: { zh: () => import('~/i18n/overview/zh.json'), en: () => import('~/i18n/overview/en.json') },
  devices: { zh: () => import('~/i18n/devices/zh.json'), en: () => import('~/i18n/devices/en.json') },
  settings: { zh: () => import('~/i18n/settings/zh.json'), en: () => import('~/i18n/settings/en.json') },
  imports: { zh: () => import('~/i18n/imports/zh.json'), en: () => import('~/i18n/imports/en.json') },
}
type Language = 'zh' | 'en'

/** Messages as vue-i18n compiles them: these are not among the files that the build compiles. */
type Message = <Part>(context: {
  named: (name: string) => unknown
  interpolate: (value: unknown) => Part
  /** Text, or nodes where something in the message is more than text. */
  normalize: (parts: (Part | string)[]) => unknown
}) => unknown
type Messages = { [name: string]: Message | Messages }

function compile(texts: object): Messages {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [
      key,
      typeof text === 'string'
        ? ({ named, interpolate, normalize }) =>
            // Every other part is a name.
            normalize(text.split(/\{(\w+)\}/).map((part, index) => (index % 2 ? interpolate(named(part)) : part)))
        : compile(text as object),
    ]),
  )
}

const loaded = new Set<string>()

/** Gets a page's own texts, which are not loaded with the first page; resolves when they can be said. */
export async function usePageTexts(page: keyof typeof FILES) {
  const { $i18n } = useNuxtApp()

  async function load(language: string) {
    if (loaded.has(`${page} ${language}`)) return
    loaded.add(`${page} ${language}`)
    $i18n.mergeLocaleMessage(language, compile((await FILES[page][language as Language]()).default))
  }

  watch($i18n.locale, (language) => void load(language))
  await load($i18n.locale.value)
}
