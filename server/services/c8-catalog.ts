import { LRUCache } from 'lru-cache'
import { findProduct, getC8SetOfBook, type C8Id } from '../connectors/c8.ts'
import { Refused } from '../utils/errors.ts'
import type { C8Session } from './c8-session.ts'

/** C8's products and tax rates change rarely, and every order asks for them. */
const KEPT = 5 * 60_000

/* Orders that ask at the same time share one call; an error, and so an unknown barcode, is not kept. */

const products = new LRUCache<string, { id: C8Id }, C8Session & { barcode: string }>({
  max: 20_000,
  ttl: KEPT,
  fetchMethod: async (_key, _stale, { context: { barcode, ...session } }) => {
    const product = await findProduct(session, barcode)
    if (!product) throw new Refused(`C8 里没有条码 ${barcode}，请先在 C8 建好这个商品再重试`)
    return product
  },
})

/** C8's id of the product with this barcode. Throws Refused, which names the barcode, if there is none. */
export async function getProductId(session: C8Session, barcode: string): Promise<C8Id> {
  const product = await products.forceFetch(JSON.stringify([session.setOfBookId, barcode]), {
    context: { ...session, barcode },
  })
  return product.id
}

const setsOfBooks = new LRUCache<number, NonNullable<Awaited<ReturnType<typeof getC8SetOfBook>>>, C8Session>({
  max: 1000,
  ttl: KEPT,
  fetchMethod: async (_key, _stale, { context: session }) => {
    const set = await getC8SetOfBook(session, session.setOfBook)
    if (!set) throw new Refused(`在 C8 里看不到账套 ${session.setOfBook}，请检查 C8 的权限`)
    return set
  },
})

/** The account set's tax rate for a kind of bill (upstreams.md): 0 for 收据, `tax_rate` for 发票, `vat_tax_rate` for 增值税发票. */
export async function getTaxRate(session: C8Session, billType: 0 | 1 | 2): Promise<number> {
  if (billType === 0) return 0
  const set = await setsOfBooks.forceFetch(session.setOfBookId, { context: session })
  const rate = billType === 1 ? set.tax_rate : set.vat_tax_rate
  if (rate === null || rate === undefined)
    throw new Refused(
      `C8 的账套 ${session.setOfBook} 没有设置${billType === 1 ? '发票' : '增值税发票'}的税率，请先设置`,
    )
  return rate
}
