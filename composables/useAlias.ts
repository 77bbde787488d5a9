import type { BarcodeAlias } from '#shared/barcode-aliases'

/** The barcode that C8 does not know, where that is the reason, and to which it is booked by an alias, if by one. */
export function unknownBarcodeIn({ code, params }: Pick<Told, 'code' | 'params'>) {
  if (code === 'product_unknown') return { barcode: String(params?.barcode), c8Barcode: undefined }
  if (code === 'alias_unknown') return { barcode: String(params?.barcode), c8Barcode: String(params?.c8_barcode) }
  return undefined
}

/** The one of a barcode's aliases that is meant; `undefined` where it has been changed since. */
export async function findAlias(
  api: ReturnType<typeof useApi>,
  barcode: string,
  isMeant: (alias: BarcodeAlias) => boolean,
) {
  const { root } = await api<Page<BarcodeAlias>>('/api/barcode_aliases', { query: { barcode, limit: 1000 } })
  return root.find(isMeant)
}
