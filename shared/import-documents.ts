import { z } from 'zod'
import {
  answerSchema,
  pageOf,
  shownC8Id,
  shownInteger,
  shownText,
  shownTime,
  shownUser,
  shownYuan,
  type AnswerOf,
} from './answer-schema.ts'

/** A document that an import has made in C8, or found there. */
const importDocumentAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      order_id: shownInteger(),
      trans_id: shownText('T-1'),
      retail_id: shownC8Id(),
      retail_code: shownText('XS-0001').nullable(),
      amount: shownYuan(),
      imported_at: shownTime().nullable(),
      imported_user: shownUser().nullable(),
    })
    .meta({ id: 'ImportDocument' }),
)

/** What `GET /api/imports/[id]/documents` answers. */
export const importDocumentPageAnswer = /* @__PURE__ */ answerSchema(() =>
  pageOf(importDocumentAnswer()).extend({
    amount: shownYuan().meta({ description: 'Of all documents of the batch, not of the page alone.' }),
  }),
)
export type ImportDocumentPage = AnswerOf<typeof importDocumentPageAnswer>
