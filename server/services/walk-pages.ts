import { UpstreamBroken } from '../errors.ts'

/** No day has as many pages of orders. */
export const MAX_PAGES = 10_000
/** So many pages without an order may follow each other. */
const MAX_EMPTY = 20

/** A page of goBox's list: the number of the next, `null` after the last, and its fingerprint. */
export interface ListedPage {
  page: number | null
  /** `null`: it lists nothing. */
  fingerprint: string | null
}

/** GoBox's pages do not end, as far as can be seen. */
export class PagesEndless extends UpstreamBroken {
  constructor(page: number) {
    super(`goBox 的订单列表没有尽头：到第 ${page} 页还没有完，已停止下载，请联系 goBox`, false, {
      code: 'gobox_pages_endless',
      params: { page },
    })
  }
}

/** Throws PagesEndless where the next page is not further on: it would be asked for without end. */
export function requireProgress(page: number, next: number | null): void {
  if (next !== null && next <= page) throw new PagesEndless(page)
}

/**
 * Reads goBox's pages to the last one, or until `isStopping` says so between two. Throws PagesEndless where a page
 * comes again, names none further on as the next, or too many come.
 */
export async function walkPages(
  read: (page: number) => Promise<ListedPage>,
  isStopping: () => boolean = () => false,
): Promise<void> {
  const seen = new Set<string>()
  let empty = 0
  let pages = 0
  for (let page: number | null = 1; page !== null && !isStopping();) {
    const { page: next, fingerprint }: ListedPage = await read(page)
    pages++
    empty = fingerprint === null ? empty + 1 : 0
    const isAgain = fingerprint !== null && seen.has(fingerprint)
    requireProgress(page, next)
    if (next !== null && (isAgain || empty > MAX_EMPTY || pages >= MAX_PAGES)) throw new PagesEndless(page)
    if (fingerprint !== null) seen.add(fingerprint)
    page = next
  }
}
