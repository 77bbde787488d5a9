import { decimalOf, divideRounded } from './decimal.ts'
import { MAX_YUAN } from './money.ts'

const PRICE_SCALE = 6
/** Six decimals of a yuan, in fen. */
const FEN_SCALE = PRICE_SCALE - 2

/**
 * The unit price in yuan of a line, rounded to six decimals; `null` if no number holds it exactly, or it is beyond all
 * bounds.
 */
export function unitPrice(amountFen: number, quantity: number): number | null {
  if (!(quantity > 0) || !Number.isFinite(quantity) || !Number.isSafeInteger(amountFen)) return null
  const { digits, scale } = decimalOf(quantity)
  const millionths = divideRounded(BigInt(amountFen) * 10n ** BigInt(FEN_SCALE + scale), digits)
  const price = Number(millionths) / 10 ** PRICE_SCALE
  if (!(Math.abs(price) <= MAX_YUAN)) return null
  const shown = decimalOf(price)
  const isExact = shown.scale <= PRICE_SCALE && shown.digits * 10n ** BigInt(PRICE_SCALE - shown.scale) === millionths
  return isExact ? price : null
}

/** What a line comes to in fen, as C8 counts it: quantity times unit price, rounded half up to a fen. */
export function lineFen(quantity: number, price: number): number {
  const [left, right] = [decimalOf(quantity), decimalOf(price)]
  return Number(divideRounded(left.digits * right.digits * 100n, 10n ** BigInt(left.scale + right.scale)))
}
