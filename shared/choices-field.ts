import { field } from './fields.ts'

/** One or several of a few words, between commas; read in the order of the choices. */
export function choicesField<const Choice extends string>(choices: readonly Choice[]) {
  const listed = choices.join('、')
  return field(
    (value) => {
      const given = typeof value === 'string' ? value.split(',') : []
      const chosen = choices.filter((choice) => given.includes(choice))
      return chosen.length > 0 && given.every((name) => chosen.some((choice) => choice === name)) ? chosen : null
    },
    `必须是 ${listed} 中的一个或几个，用逗号分隔`,
    { rule: 'choices', choices: listed },
  )
}
