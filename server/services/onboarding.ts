import { ONBOARDING_STEPS, type Onboarding } from '#shared/onboarding'
import { listListeners } from '../repositories/alert-channels.ts'
import { getAutomation } from '../repositories/automations.ts'
import { listUnconfiguredCabinets } from '../repositories/cabinets.ts'
import { listDevices } from '../repositories/devices.ts'
import { getSetOfBook } from '../repositories/set-of-books.ts'

/** An account set's progress through the set-up that orders need to flow automatically. */
export async function readOnboarding(setOfBookId: number): Promise<Onboarding> {
  const [set, automation, devices, unconfigured, listeners] = await Promise.all([
    getSetOfBook(setOfBookId),
    getAutomation(setOfBookId),
    listDevices(setOfBookId, { start: 0, limit: 1 }),
    listUnconfiguredCabinets(setOfBookId),
    listListeners(setOfBookId),
  ])
  const isDone: Record<(typeof ONBOARDING_STEPS)[number], boolean> = {
    credentials: Boolean(set?.appKey && set.userName),
    webhook: set?.lastWebhookAt != null,
    cabinets: devices.total > 0 && unconfigured.length === 0,
    automation: automation?.downloads === true && automation.imports,
    alerts: listeners.length > 0,
  }
  return { steps: ONBOARDING_STEPS.map((step) => ({ step, done: isDone[step] })) }
}
