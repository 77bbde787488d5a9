import type { AttentionItem } from '#shared/attention'

/** What the bell's drawer and the overview show at once. */
const SHOWN = 50

/** What needs somebody in the current account set. */
export const useAttention = () => useLoad<Page<AttentionItem>>('attention', '/api/attention', { limit: SHOWN })
