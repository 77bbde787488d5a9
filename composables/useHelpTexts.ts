import en from '~/i18n/help/en.json'
import zh from '~/i18n/help/zh.json'

type HelpText = keyof typeof zh

/** A page that has help, by its part of the texts. */
export type HelpTopic = HelpText extends infer Key ? (Key extends `${infer Topic}.about` ? Topic : never) : never

/** What a page is for, and what people ask about it, by number. */
export function useHelpTexts(topic: HelpTopic) {
  const say = useTexts<HelpText>({ zh, en })
  const numbers = Object.keys(zh).flatMap((key) => {
    const [part, number, kind] = key.split('.')
    return part === topic && kind === 'question' ? [number] : []
  })
  const about = computed(() => say(`${topic}.about`))
  const questions = computed(() =>
    numbers.map((number) => ({
      question: say(`${topic}.${number}.question` as HelpText),
      answer: say(`${topic}.${number}.answer` as HelpText),
    })),
  )
  return { say, about, questions }
}
