import { z } from 'zod'
import { answerSchema, shownInteger, shownText, type AnswerOf } from './answer-schema.ts'
import { textField } from './fields.ts'
import { orderRowAnswer } from './order-answers.ts'

/** What is looked for: all of an order's number, or part of a number, a name or a code. */
export const findQuerySchema = z.object({ q: textField(1, 64).meta({ examples: ['T-1'] }) })

/** What is found at once; all there is, trade_view finds. */
export const findAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    orders: z.array(orderRowAnswer()).meta({
      description: 'The order of this number, then newer ones with it in number, buyer or document code.',
    }),
    cabinets: z
      .array(z.object({ id: shownInteger(), name: shownText('一号柜'), dev_id: z.int().meta({ examples: [10086] }) }))
      .meta({ description: 'By name or number.' }),
    products: z
      .array(z.object({ barcode: shownText('6901028024969'), name: shownText('农夫山泉') }))
      .meta({ description: 'Those sold of late, by name or barcode, the most sold first.' }),
  }),
)
export type Found = AnswerOf<typeof findAnswer>
