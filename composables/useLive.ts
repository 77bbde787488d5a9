/** A tab out of sight asks no more often than this. */
const OUT_OF_SIGHT = 60_000

/** Asks again and again: seldom while the tab is out of sight, and at once when it comes back. */
export function useLive(ask: () => unknown, every: MaybeRefOrGetter<number>) {
  const visibility = useDocumentVisibility()
  const isInSight = () => visibility.value === 'visible'
  useIntervalFn(ask, () => (isInSight() ? toValue(every) : Math.max(toValue(every), OUT_OF_SIGHT)))
  watch(visibility, () => isInSight() && ask())
}
