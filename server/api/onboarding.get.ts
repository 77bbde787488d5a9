import { onboardingAnswer } from '#shared/onboarding'
import { readOnboarding } from '../services/onboarding.ts'
import { defineApi } from '../http/define-api.ts'

export default defineApi({
  summary: 'Tells what a new account set has yet to do before orders flow by themselves',
  permission: 'view',
  answer: onboardingAnswer,
  run: ({ session }) => readOnboarding(session.setOfBookId),
})
