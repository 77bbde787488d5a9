import type { BarcodeAlias } from '#shared/barcode-aliases'
import type { BarcodeAliasRecord } from '../repositories/barcode-aliases.ts'

export function presentAlias({ id, barcode, c8Barcode, effectiveFrom, note }: BarcodeAliasRecord): BarcodeAlias {
  return { id, barcode, c8_barcode: c8Barcode, effective_from: effectiveFrom || null, note }
}
