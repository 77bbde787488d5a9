import { DATE_PRESETS, presetRange, type DatePreset } from '#shared/date-ranges'
import { formatTime } from '#shared/time'

/** The usual ranges in the shop's zone. */
export function useDatePresets() {
  const session = useSessionStore()
  const today = () => formatTime(Date.now(), session.zone).slice(0, 10)
  return {
    today,
    rangeOf: (preset: DatePreset) => presetRange(preset, today()),
    presetOf: (start?: string, end?: string) =>
      DATE_PRESETS.find((preset) => {
        const [first, last] = presetRange(preset, today())
        return first === start && last === end
      }),
  }
}
