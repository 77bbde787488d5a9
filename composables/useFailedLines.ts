import type { ErrorParams } from '#shared/error-codes'
import type { Order } from '#shared/orders'

interface Failing {
  import_error: string | null
  import_error_params?: ErrorParams | null
}

/** The barcodes that an order's failure names. */
export function failedBarcodes({ import_error, import_error_params: params }: Failing): string[] {
  if (!import_error || !params) return []
  return [params.barcode, ...String(params.barcodes ?? '').split('、')].filter(Boolean).map(String)
}

/** Says beside each barcode of a reason which of the order's products it is. */
export function nameProducts(
  reason: string,
  barcodes: string[],
  products: Pick<Order['products'][number], 'barcode' | 'name'>[],
): string {
  return barcodes.reduce((text, barcode) => {
    const name = products.find((line) => line.barcode === barcode)?.name
    return name ? text.replace(barcode, () => `${barcode}（${name}）`) : text
  }, reason)
}
