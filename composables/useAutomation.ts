import type { Automation } from '#shared/automation'

/** What runs by itself, one copy for all that show it. */
export const useAutomation = () => useLoad<Automation>('automation', '/api/automation')
