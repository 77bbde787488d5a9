import { z } from 'zod'
import { ERROR_CODES } from './error-codes.ts'

/**
 * What routes answer, as zod schemas. Each is made when it is first asked for, which only the description of the API
 * does: neither the running server nor the pages carry them.
 */
export type AnswerSchema<Answer = unknown> = () => z.ZodType<Answer>
export type AnswerOf<Schema extends AnswerSchema> = z.output<ReturnType<Schema>>

/** Makes a schema once, when it is first asked for. */
/* @__NO_SIDE_EFFECTS__ */
export function answerSchema<Schema extends z.ZodType>(make: () => Schema): () => Schema {
  let made: Schema | undefined
  return () => (made ??= make())
}

/** A time as every answer shows it. */
export const shownTime = /* @__PURE__ */ answerSchema(() =>
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    .meta({ id: 'Time', description: 'In the shop’s zone (`NUXT_TIME_ZONE`).', examples: ['2026-11-20 10:00:05'] }),
)

/** A day as every answer shows it. */
export const shownDate = /* @__PURE__ */ answerSchema(() =>
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/)
    .meta({ id: 'Date', description: 'A day of the shop.', examples: ['2026-11-20'] }),
)

/** An amount in yuan. */
export const shownYuan = /* @__PURE__ */ answerSchema(() =>
  z.number().meta({ id: 'Yuan', description: 'Yuan, with at most two decimals.', examples: [10.5] }),
)

/** A row's id, or a number of rows. */
export const shownInteger = /* @__PURE__ */ answerSchema(() => z.int())

/** The name of an account set. */
export const shownSetOfBook = /* @__PURE__ */ answerSchema(() =>
  z.string().meta({ id: 'SetOfBookName', description: 'The account set (账套).', examples: ['A001'] }),
)

/** Who did it. */
export const shownUser = /* @__PURE__ */ answerSchema(() =>
  z.string().meta({ id: 'User', description: 'Who did it, as C8 names them.', examples: ['陈晓东'] }),
)

/** Text that may be anything; the example says what it is like. */
export function shownText(example: string, description?: string) {
  return z.string().meta({ ...(description === undefined ? {} : { description }), examples: [example] })
}

/** An id as C8 sent it; an integer beyond 2^53 keeps its digits. */
export const shownC8Id = /* @__PURE__ */ answerSchema(() =>
  z.custom<number | string | object>().meta({
    id: 'C8Id',
    description: 'As C8 sent it; an integer beyond 2^53 keeps its digits.',
    override: { type: ['integer', 'string'] },
    examples: [4711],
  }),
)

export const shownErrorCode = /* @__PURE__ */ answerSchema(() =>
  z
    .enum(ERROR_CODES)
    .meta({ id: 'ErrorCode', description: 'What happened, for programs.', examples: ['device_unconfigured'] }),
)

export const shownErrorParams = /* @__PURE__ */ answerSchema(() =>
  z
    .record(z.string(), z.union([z.string(), z.number(), z.null()]))
    .meta({ id: 'ErrorParams', description: 'What the failure’s message names.', examples: [{ dev_id: 10086 }] }),
)

/** A page of a list: how many there are in all, and the rows of this page. */
export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.object({ total: z.int().min(0).meta({ description: 'All matches.' }), root: z.array(row) })
}
