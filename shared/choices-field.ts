import { field } from './fields.ts'

/** Some of a few words, with commas between. */
export function choicesField<const Choice extends string>(choices: readonly Choice[]) {
  const isChoice = (word: string): word is Choice => (choices as readonly string[]).includes(word)
  const listed = choices.join('、')
  return field(
    (value) => {
      const words = typeof value === 'string' ? value.split(',') : []
      return words.length > 0 && words.every(isChoice) ? words : null
    },
    `必须是 ${listed} 之一，或用逗号隔开的几个`,
    { rule: 'choices', choices: listed },
  )
}
