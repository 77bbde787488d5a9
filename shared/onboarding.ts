import { z } from 'zod'
import { answerSchema, type AnswerOf } from './answer-schema.ts'

/** What a new account set has yet to do, in this order. */
export const ONBOARDING_STEPS = ['credentials', 'webhook', 'cabinets', 'automation', 'alerts'] as const

export const onboardingAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({ steps: z.array(z.object({ step: z.enum(ONBOARDING_STEPS), done: z.boolean() })) }),
)
export type Onboarding = AnswerOf<typeof onboardingAnswer>
