import { z } from 'zod'
import { answerSchema, pageOf, shownDate, shownInteger, shownText, type AnswerOf } from './answer-schema.ts'
import { dateField, pagingFields, textField } from './fields.ts'

/** Which barcode of C8 stands for one of goBox, for orders from a date on; `null`: of any day. */
export const barcodeAliasSchema = z.object({
  barcode: textField(1, 128).meta({ examples: ['6901028024969'] }),
  c8_barcode: textField(1, 128).meta({ examples: ['6901028024976'] }),
  effective_from: dateField().nullable().optional(),
  note: textField(1, 200)
    .meta({ examples: ['换了包装'] })
    .nullable()
    .optional(),
})
export type BarcodeAliasInput = z.output<typeof barcodeAliasSchema>

/** Any subset of the fields. */
export const barcodeAliasPatchSchema = barcodeAliasSchema.partial()

/** The list's query. */
export const barcodeAliasQuerySchema = z.object({
  barcode: textField(1, 128)
    .meta({ examples: ['6901028024969'] })
    .optional(),
  ...pagingFields,
})

/** An alias as every route shows it. */
export const barcodeAliasAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      id: shownInteger(),
      barcode: shownText('6901028024969', 'As goBox names the goods.'),
      c8_barcode: shownText('6901028024976', 'As C8 names them.'),
      effective_from: shownDate().nullable().meta({ description: '`null`: it holds for orders of any day.' }),
      note: shownText('换了包装').nullable(),
    })
    .meta({ id: 'BarcodeAlias' }),
)
export type BarcodeAlias = AnswerOf<typeof barcodeAliasAnswer>

export const barcodeAliasPageAnswer = /* @__PURE__ */ answerSchema(() => pageOf(barcodeAliasAnswer()))
