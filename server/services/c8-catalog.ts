import { LRUCache } from 'lru-cache'
import type { C8Id } from '#shared/c8-id'
import { findProducts, getC8SetOfBook } from '../connectors/c8.ts'
import { Refused } from '../errors.ts'
import type { C8Session } from './c8-session.ts'

/** C8's products change rarely, and every order asks for them. */
const PRODUCT_KEPT = 5 * 60_000
/**
 * A rate that C8 has changed must be booked after half a minute; a call of ten seconds may stand before its keeping.
 */
const RATE_KEPT = 15_000

/*
 * Orders that ask at the same time share one call; an error, and so an unknown barcode, is not kept. What is shared is
 * shared by those who speak to C8 through the same log-in: another's may have lapsed, or see less.
 */

const keyOf = ({ setOfBookId, c8Token }: C8Session, ...more: string[]) =>
  JSON.stringify([setOfBookId, c8Token, ...more])

const products = new LRUCache<string, { id: C8Id }, C8Session & { barcode: string }>({
  max: 20_000,
  ttl: PRODUCT_KEPT,
  // One that is pushed out while it is asked for is still the answer.
  ignoreFetchAbort: true,
  fetchMethod: async (_key, _stale, { context: { barcode, ...session } }) => {
    const [product, ...more] = await findProducts(session, barcode)
    if (!product)
      throw new Refused(`C8 里没有条码 ${barcode}，请先在 C8 建好这个商品再重试`, {
        code: 'product_unknown',
        params: { barcode },
      })
    if (more.length > 0) {
      const names = [product, ...more].map(({ id, name }) => name || String(id)).join('、')
      throw new Refused(`C8 里条码 ${barcode} 有多个商品（${names}），请在 C8 里只留一个再重试`, {
        code: 'product_ambiguous',
        params: { barcode, names },
      })
    }
    return product
  },
})

/** C8's id of the product with this barcode. Throws Refused, which names the barcode, if there is none or several. */
export async function getProductId(session: C8Session, barcode: string): Promise<C8Id> {
  const product = await products.forceFetch(keyOf(session, barcode), { context: { ...session, barcode } })
  return product.id
}

const setsOfBooks = new LRUCache<string, NonNullable<Awaited<ReturnType<typeof getC8SetOfBook>>>, C8Session>({
  max: 1000,
  ttl: RATE_KEPT,
  ignoreFetchAbort: true,
  fetchMethod: async (_key, _stale, { context: session }) => {
    const set = await getC8SetOfBook(session, session.setOfBook)
    if (!set)
      throw new Refused(`在 C8 里看不到账套 ${session.setOfBook}，请检查 C8 的权限`, {
        code: 'c8_set_of_book_missing',
        params: { set_of_book: session.setOfBook },
      })
    return set
  },
})

/**
 * The account set's tax rate for a kind of bill (docs/upstreams.md, C8): 0 for 收据, `tax_rate` for 发票, `vat_tax_rate`
 * for 增值税发票. Throws Refused where C8 has none, or one that is no share of the price.
 */
export async function getTaxRate(session: C8Session, billType: 0 | 1 | 2): Promise<number> {
  if (billType === 0) return 0
  const set = await setsOfBooks.forceFetch(keyOf(session), { context: session })
  const rate = billType === 1 ? set.tax_rate : set.vat_tax_rate
  const kind = billType === 1 ? '发票' : '增值税发票'
  if (rate === null || rate === undefined)
    throw new Refused(`C8 的账套 ${session.setOfBook} 没有设置${kind}的税率，请先设置`, {
      code: 'tax_rate_missing',
      params: { set_of_book: session.setOfBook, bill_type: billType },
    })
  if (!(rate >= 0 && rate < 1))
    throw new Refused(`C8 的账套 ${session.setOfBook} 的${kind}税率是 ${rate}，请在 C8 里改成 0 到 1 之间的小数`, {
      code: 'tax_rate_invalid',
      params: { set_of_book: session.setOfBook, bill_type: billType, tax_rate: rate },
    })
  return rate
}
