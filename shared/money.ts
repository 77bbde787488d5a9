/** Amounts beyond ±10^12 yuan are refused (docs/api.md, Conventions). */
export const MAX_YUAN = 1e12

/** Floats that upstreams compute may miss a fen by this much, in yuan. */
const TOLERANCE_YUAN = 1e-6

/** Yuan to integer fen; `null` if the amount is no amount of whole fen or beyond the limit. */
export function yuanToFen(yuan: number): number | null {
  if (!(Math.abs(yuan) <= MAX_YUAN)) return null
  const fen = Math.round(yuan * 100)
  return Math.abs(yuan - fen / 100) <= TOLERANCE_YUAN ? fen + 0 : null
}

/** Integer fen to yuan with at most two decimals, for JSON. */
export function fenToYuan(fen: number): number {
  return fen / 100
}

/**
 * Integer fen to yuan as JSON would write the number. Where there are millions: a text made of a fraction, V8 puts
 * straight among its old objects.
 */
export function yuanText(fen: number): string {
  const whole = Math.trunc(fen / 100)
  const rest = Math.abs(fen % 100)
  if (rest === 0) return `${whole}`
  const decimals = rest < 10 ? `0${rest}` : rest % 10 === 0 ? rest / 10 : rest
  return `${whole === 0 && fen < 0 ? '-0' : whole}.${decimals}`
}

/** Integer fen to yuan with two decimals, whatever they are. */
export function yuanWithFen(fen: number): string {
  const all = Math.abs(fen)
  const rest = all % 100
  return `${fen < 0 ? '-' : ''}${Math.trunc(all / 100)}.${rest < 10 ? '0' : ''}${rest}`
}
