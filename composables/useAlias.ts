/** The barcode of goBox that C8 does not know, where that is the reason. */
export function unknownBarcodeIn({ code, params }: Pick<Told, 'code' | 'params'>): string | undefined {
  return code === 'product_unknown' ? String(params?.barcode) : undefined
}
