import { and, eq, inArray } from 'drizzle-orm'
import { orders, retailDocuments } from '#drizzle/schema/orders'
import { setOfBooks } from '#drizzle/schema/account-sets'
import { c8IdDigits, type C8Id } from '#shared/c8-id'
import { useStorage, type Reader, type Tx } from '../storage/engine.ts'
import { Refused } from '../errors.ts'
import type { OrderRecord } from './orders.ts'

interface DocumentHolder {
  documentId: string
  orderId: number
  transId: string
}

function select(db: Reader, setOfBookId: number, documentIds: string[]): PromiseLike<DocumentHolder[]> {
  return db
    .select({ documentId: retailDocuments.documentId, orderId: orders.id, transId: orders.transId })
    .from(retailDocuments)
    .innerJoin(setOfBooks, eq(setOfBooks.c8Origin, retailDocuments.c8Origin))
    .innerJoin(orders, eq(orders.id, retailDocuments.orderId))
    .where(and(eq(setOfBooks.id, setOfBookId), inArray(retailDocuments.documentId, documentIds)))
}

/** Which orders hold these documents of the account set's C8, by the document's id as text. */
export async function findDocumentHolders(setOfBookId: number, ids: C8Id[]): Promise<Map<string, DocumentHolder>> {
  if (ids.length === 0) return new Map()
  const holders = await select(useStorage().db, setOfBookId, ids.map(c8IdDigits))
  return new Map(holders.map((holder) => [holder.documentId, holder]))
}

/** Makes a document the order's own. Throws Refused if it is another order's already. */
export async function takeDocument(
  tx: Tx,
  { id: orderId, setOfBookId }: OrderRecord,
  id: C8Id,
  code: string,
): Promise<void> {
  const [set] = await tx
    .select({ c8Origin: setOfBooks.c8Origin })
    .from(setOfBooks)
    .where(eq(setOfBooks.id, setOfBookId))
  const documentId = c8IdDigits(id)
  const document = { c8Origin: set!.c8Origin, documentId, orderId }
  const taken = await tx.insert(retailDocuments).values(document).onConflictDoNothing().returning()
  if (taken.length > 0) return
  const [holder] = await select(tx, setOfBookId, [documentId])
  if (holder?.orderId === orderId) return
  const transId = holder?.transId ?? ''
  throw new Refused(
    `C8 的零售单 ${code} 已属于订单 ${transId}，不能再给这个订单，请在 C8 里核对这两个订单的零售单后重试`,
    { code: 'retail_taken', params: { retail_code: code, trans_id: transId } },
  )
}

/** Leaves the order without a document. */
export async function releaseDocument(tx: Tx, orderId: number): Promise<void> {
  await tx.delete(retailDocuments).where(eq(retailDocuments.orderId, orderId))
}
