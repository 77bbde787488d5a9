import { z } from 'zod'
import { answerSchema, pageOf, shownInteger, shownText, shownUser, type AnswerOf } from './answer-schema.ts'
import { DATE_PRESETS } from './date-ranges.ts'
import { choiceField, flagField, nameField, orNull, textField } from './fields.ts'
import { BUILT_IN_VIEWS, readView, writeView, type BuiltInView } from './order-view-query.ts'
import { ORDER_SORTS, orderFilterSchema } from './orders.ts'

/** Views that a user may have, and that an account set may share. */
export const MAX_VIEWS = 50
const MAX_NAME = 40
const MAX_QUERY = 2000

/** What a view holds beside the filter. */
const viewParts = z.object({
  sort: choiceField(ORDER_SORTS).optional(),
  /** Days that move on with the shop's calendar, in place of two dates. */
  dates: choiceField(DATE_PRESETS).optional(),
  /** The table's columns, as `a,b`. */
  columns: textField(1, 300).optional(),
})

/** A view as the list's address has it; only what the list knows is kept, in one order. */
function queryField(zone: string) {
  const filter = orderFilterSchema(zone)
  const known = [...Object.keys(filter.shape), ...Object.keys(viewParts.shape)]
  return textField(0, MAX_QUERY)
    .transform((text, context) => {
      const parts = readView(text)
      const refused = [filter, viewParts].flatMap((schema) => schema.safeParse(parts).error?.issues ?? [])
      for (const issue of refused) context.issues.push({ ...issue, input: text } as never)
      return writeView(Object.fromEntries(known.map((key) => [key, parts[key]])))
    })
    .meta({ examples: ['import_state=failed&dates=days7'] })
}

/** A name for a state of the order list. */
export function orderViewSchema(zone: string) {
  return z.object({
    name: nameField(MAX_NAME).meta({ examples: ['一号柜失败'] }),
    query: queryField(zone),
    shared: flagField().default(false),
  })
}
export type OrderViewInput = z.output<ReturnType<typeof orderViewSchema>>

/** Any subset of the fields. */
export function orderViewPatchSchema(zone: string) {
  const { name, query } = orderViewSchema(zone).shape
  return z.object({ name: name.optional(), query: query.optional(), shared: flagField().optional() })
}

/** Which view one's own list opens with: a saved one's id or a built-in one's name; `null`: none. */
export const orderViewDefaultSchema = z.object({
  view: orNull(textField(1, 20)).meta({ examples: ['failed'] }),
})

/** A saved view as every route shows it. */
export const orderViewAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      id: shownInteger(),
      name: shownText('一号柜失败'),
      query: shownText(
        'dates=days7&import_state=failed',
        'The list’s address: trade_view’s filter, `sort`, `columns` and `dates`, which stands for days.',
      ),
      shared: z.boolean(),
      owner: shownUser().meta({ description: 'Who has made it.' }),
      is_own: z.boolean(),
    })
    .meta({ id: 'OrderView' }),
)
export type OrderView = AnswerOf<typeof orderViewAnswer>

const shownCount = () => z.int().meta({ examples: [12] })

/** The views that a user sees, with how many orders each holds. */
export const orderViewsAnswer = /* @__PURE__ */ answerSchema(() =>
  pageOf(
    orderViewAnswer().extend({
      orders: shownCount().nullable().meta({ description: '`null`: all orders would have to be read for it.' }),
    }),
  ).extend({
    built_in: z.array(
      z.object({
        view: z.enum(Object.keys(BUILT_IN_VIEWS) as BuiltInView[]),
        query: shownText('import_state=failed'),
        orders: shownCount(),
      }),
    ),
    default: shownText('failed', 'An id or the name of a built-in view.').nullable(),
  }),
)
export type OrderViews = AnswerOf<typeof orderViewsAnswer>
