/** By how much a figure differs from an earlier one, in percent with one decimal; `undefined` from nothing. */
export function percentOf(now: number, then: number): number | undefined {
  return then > 0 ? Math.round(((now - then) / then) * 1000) / 10 : undefined
}

/** As `percentOf`, said with a sign, not by colour. */
export function changeOf(now: number, then: number): string | undefined {
  const percent = percentOf(now, then)
  if (percent === undefined) return undefined
  const sign = percent === 0 ? '' : percent > 0 ? '▲ ' : '▼ '
  return `${sign}${Math.abs(percent).toLocaleString('en-US')}%`
}
