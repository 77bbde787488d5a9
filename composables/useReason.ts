import type { ErrorParams } from '#shared/error-codes'
import { failureText, wordOf, type FailureTexts } from '#shared/failure-text'

/** A failure as the server tells it; `code` is missing where it was noted before there were codes. */
export interface Told {
  message: string
  code?: string | null
  params?: ErrorParams | null
}

const FILES = { zh: () => import('~/i18n/errors/zh.json'), en: () => import('~/i18n/errors/en.json') }
type Language = keyof typeof FILES

/** Loaded where they are needed: a Chinese page mostly shows what the server says. */
const texts = shallowReactive<Partial<Record<Language, FailureTexts>>>({})

/** Gets the texts of failures in a language. */
export async function loadFailureTexts(language: string): Promise<void> {
  texts[language as Language] ??= (await FILES[language as Language]()).default
}

/** What a call failed with, to be grouped with others of the same reason. */
function toldOf(error: unknown): Told {
  const { code, params } = error instanceof ApiError ? error : {}
  return { message: messageOf(error), code, params }
}

/** Says a failure in the page's language: in Chinese as the server has put it, else by its code. */
export function useReason() {
  const {
    $i18n: { locale, t },
  } = useNuxtApp()

  return function reasonOf({ message, code, params }: Told): string {
    const known = texts[locale.value]
    if (locale.value === 'zh' || !code || !known) return message
    const text = failureText(known, code, params)
    if (text === undefined) return message
    return params?.request_id ? text + t('error.requestId', { id: params.request_id }) : text
  }
}

const TRY_LATER = /(?:，请稍后再试|; try again later\.)$/

/** Says why something waits, and when it is tried again by itself. */
export function useWait() {
  const {
    $i18n: { t },
  } = useNuxtApp()
  const reasonOf = useReason()

  return (told: Told, retryAt: string | null) =>
    retryAt
      ? t('importLook.again', {
          reason: reasonOf(told).replace(TRY_LATER, ''),
          time: retryAt.slice(-'HH:mm:ss'.length),
        })
      : reasonOf(told)
}

/** What the server has against the fields of a form, by the field's name; `whole`: against none of these. */
export function useFieldErrors<Field extends string>(fields: readonly Field[]) {
  const {
    $i18n: { locale },
  } = useNuxtApp()
  const errors = ref<Partial<Record<Field | 'whole', string>>>({})
  void loadFailureTexts(locale.value)

  function note(error: unknown) {
    const { code, params } = toldOf(error)
    const field = fields.find((name) => name === params?.field)
    // At the field its name need not be said again.
    const clause = code === 'invalid' && texts[locale.value] ? wordOf(texts[locale.value]!, 'rule', params!) : undefined
    errors.value = { [field ?? 'whole']: (field && clause) ?? messageOf(error) } as typeof errors.value
  }

  return { errors, note, clear: () => (errors.value = {}) }
}
