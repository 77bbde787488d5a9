import type { AttentionItem } from '#shared/attention'
import { DAY, formatTime, startOfDay } from '#shared/time'

const HOUR = 3_600_000
const MORNING = 8 * HOUR

/** Puts off what needs somebody, for the whole account set. */
export function useSnooze(changed: () => void) {
  const api = useApi()
  const session = useSessionStore()

  async function snooze({ kind, key }: AttentionItem, until: number | null) {
    const time = until === null ? null : formatTime(until, session.zone)
    try {
      await api('/api/attention/snooze', { method: 'POST', body: { kind, key, until: time } })
    } catch (error) {
      toast('error', messageOf(error))
    }
    changed()
  }

  const CHOICES = {
    hour: () => Date.now() + HOUR,
    tomorrow: () => startOfDay(Date.now() + DAY, session.zone) + MORNING,
    week: () => Date.now() + 7 * DAY,
  }

  return { snooze, CHOICES }
}
