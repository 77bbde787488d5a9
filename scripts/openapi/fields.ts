import { z } from 'zod'
import type { ZodOpenApiOverride } from 'zod-openapi'
import { ORDER_STATUS } from '../../shared/order-status.ts'
import type { Rule } from '../../shared/fields.ts'

type Schema = Record<string, unknown>

const TIME = 'A time in the shop’s zone, `YYYY-MM-DD`, ISO 8601 with an offset, or Unix seconds or milliseconds.'

/** What the rules of input fields (shared/fields.ts) mean as JSON schemas. */
const RULES: Record<string, (rule: Rule) => Schema> = {
  text: ({ min, max }) => ({ type: 'string', minLength: min, maxLength: max }),
  trans_id: ({ max }) => ({
    type: 'string',
    minLength: 1,
    maxLength: max,
    pattern: String.raw`^\S(?:[\s\S]*\S)?$`,
    description: 'Without white space at its ends.',
  }),
  text_up_to: ({ max }) => ({ type: 'string', maxLength: max }),
  name: ({ max }) => ({ type: 'string', minLength: 1, maxLength: max }),
  integer: () => ({ type: 'integer' }),
  integer_from: ({ min }) => ({ type: 'integer', minimum: min }),
  integer_between: ({ min, max }) => ({ type: 'integer', minimum: min, maximum: max }),
  quantity: () => ({ type: 'number', minimum: 0.000001, maximum: 1_000_000, examples: [2] }),
  amount: () => ({ type: 'number', description: 'Yuan, with at most two decimals.', examples: [7] }),
  status: () => ({ type: 'integer', enum: Object.keys(ORDER_STATUS).map(Number) }),
  choice: ({ choices }) => ({ type: 'string', enum: String(choices).split('、') }),
  choices: ({ choices }) => {
    const names = String(choices).split('、')
    return {
      type: 'string',
      pattern: `^(?:${names.join('|')})(?:,(?:${names.join('|')}))*$`,
      description: `Between commas: ${names.join(', ')}.`,
      examples: [names.slice(0, 2).join(',')],
    }
  },
  flag: () => ({ enum: [0, 1, false, true], examples: [1] }),
  time: () => ({ type: ['string', 'integer'], description: TIME, examples: ['2026-11-20 10:00:00'] }),
  clock: () => ({ type: 'string', description: 'A time of the day, `HH:mm`.', examples: ['08:30'] }),
  date: () => ({ type: 'string', description: 'A day, `YYYY-MM-DD`.', examples: ['2026-11-20'] }),
}

type Inner = z.core.$ZodType & { _zod: { def: { in?: Inner; type: string; defaultValue?: unknown } } }

/** The rule of a field, also of one that its schema transforms further. */
function ruleOf(schema: Inner): Rule | undefined {
  const { rule } = (z.globalRegistry.get(schema) ?? {}) as { rule?: Rule }
  return rule ?? (schema._zod.def.type === 'pipe' ? ruleOf(schema._zod.def.in!) : undefined)
}

/** What a field that is not given counts as. */
function defaultOf({ _zod: { def } }: Inner): unknown {
  return def.type === 'pipe' ? defaultOf(def.in!) : def.defaultValue
}

/** Whether a field of an input must be given: its schema does not do without. */
export const isRequired = (field: z.ZodType) => !field.safeParse(undefined).success

/** Says which fields of an object must be given. */
function requireFields({ _zod: { def } }: Inner, written: Schema) {
  if (def.type !== 'object') return
  const fields = Object.entries((def as { shape?: Record<string, z.ZodType> }).shape!)
  const required = fields.filter(([, field]) => isRequired(field)).map(([name]) => name)
  if (required.length > 0) written.required = required
}

/** Writes the rule of an input field as its JSON schema. Throws for a rule that has none. */
export const writeRule: ZodOpenApiOverride = ({ zodSchema, jsonSchema, io }) => {
  const written = jsonSchema as Schema
  delete written.rule
  delete written.isNullable
  // Every integer is one that JSON carries exactly.
  if (written.minimum === Number.MIN_SAFE_INTEGER) delete written.minimum
  if (written.maximum === Number.MAX_SAFE_INTEGER) delete written.maximum
  if (io !== 'input') return
  const schema = zodSchema as unknown as Inner
  requireFields(schema, written)
  const value = defaultOf(schema)
  if (value !== undefined) written.default = value
  const rule = written.type === undefined ? ruleOf(schema) : undefined
  if (!rule) return
  const write = RULES[rule.rule]
  if (!write) throw new Error(`scripts/openapi/fields.ts knows no JSON schema for the rule ${rule.rule}`)
  const meta = z.globalRegistry.get(zodSchema)
  Object.assign(written, write(rule), meta?.examples && { examples: meta.examples })
  if (meta?.isNullable) written.type = [written.type, 'null'].flat()
}
