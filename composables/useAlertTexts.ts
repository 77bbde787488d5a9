import type { AttentionItem } from '#shared/attention'
import { fillIn } from '#shared/failure-text'
import type zh from '~/i18n/alerts/zh.json'

export type AlertText = keyof typeof zh

const FILES = { zh: () => import('~/i18n/alerts/zh.json'), en: () => import('~/i18n/alerts/en.json') }
type Language = keyof typeof FILES

/** Loaded when the first of them is to be said: not with the first page. */
const texts = shallowReactive<Partial<Record<Language, Record<string, string>>>>({})
const loading = new Set<Language>()

async function load(language: Language) {
  if (loading.has(language)) return
  loading.add(language)
  texts[language] = (await FILES[language]()).default
}

/** The words of to-dos and alerts, in the page's language. */
export function useAlertTexts() {
  const {
    $i18n: { locale },
  } = useNuxtApp()
  return function say(key: AlertText, named: Record<string, string | number> = {}): string {
    const language = locale.value as Language
    const known = texts[language]
    if (!known) void load(language)
    return fillIn(known?.[key] ?? '', named)
  }
}

/** What needs somebody, in words: in Chinese the server's own. */
export function useAttentionWords() {
  const {
    $i18n: { locale },
  } = useNuxtApp()
  const say = useAlertTexts()
  const reasonOf = useReason()
  const isChinese = () => locale.value === 'zh'
  return {
    say,
    titleOf: ({ kind, key, title }: AttentionItem) => (isChinese() ? title : say(`kind.${kind}`, { key })),
    detailOf: ({ detail, detail_code: code, detail_params: params }: AttentionItem) =>
      isChinese() || code ? reasonOf({ message: detail, code, params }) : '',
    /** Where it is mended. */
    mendAt: ({ kind, to }: AttentionItem) => (kind === 'imports_paused' ? '/login' : to),
  }
}
