/** A decimal number, exactly: `digits` / 10^`scale`. */
export interface Decimal {
  digits: bigint
  scale: number
}

/** The decimal that JSON shows for a finite number. */
export function decimalOf(value: number): Decimal {
  const [mantissa = '', exponent = '0'] = String(value).split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = BigInt(whole + fraction)
  const scale = fraction.length - Number(exponent)
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale }
}

/**
 * `dividend` / `divisor` (positive), rounded half up; a negative one mirrors the positive, as decimals of an ERP do.
 */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const half = (dividend < 0n ? -dividend : dividend) * 2n + divisor
  const quotient = half / (divisor * 2n)
  return dividend < 0n ? -quotient : quotient
}
