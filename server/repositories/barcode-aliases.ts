import { and, count, desc, eq, inArray, lte } from 'drizzle-orm'
import { barcodeAliases } from '#drizzle/schema/booking'
import type { BarcodeAliasInput } from '#shared/barcode-aliases'
import { useStorage } from '../storage/engine.ts'
import { Conflict } from '../errors.ts'
import { addAudit, type Actor } from './audit.ts'

export type BarcodeAliasRecord = typeof barcodeAliases.$inferSelect

const table = barcodeAliases
const own = (setOfBookId: number, id: number) => and(eq(table.setOfBookId, setOfBookId), eq(table.id, id))

/** Stored as empty text rather than null: a unique key allows any number of nulls. */
const toColumns = ({ barcode, c8_barcode: c8Barcode, effective_from: from, note }: Partial<BarcodeAliasInput>) => ({
  barcode,
  c8Barcode,
  effectiveFrom: from === undefined ? undefined : (from ?? ''),
  note,
})

const toFields = ({ barcode, c8Barcode, effectiveFrom, note }: BarcodeAliasRecord) => ({
  barcode,
  c8_barcode: c8Barcode,
  effective_from: effectiveFrom || null,
  note,
})

function refuseDuplicate(error: unknown, barcode: string | undefined): never {
  if (useStorage().isDuplicate(error))
    throw new Conflict(`条码 ${barcode ?? ''} 在这个日期已经有对照，请直接修改那一条`, {
      code: 'alias_exists',
      params: { barcode: barcode ?? '' },
    })
  throw error
}

/** A page of the aliases, newest first, all or those of one barcode, and how many there are. */
export async function listAliases(
  setOfBookId: number,
  { barcode, start, limit }: { barcode?: string; start: number; limit: number },
): Promise<{ total: number; rows: BarcodeAliasRecord[] }> {
  const { db } = useStorage()
  const where = and(eq(table.setOfBookId, setOfBookId), barcode === undefined ? undefined : eq(table.barcode, barcode))
  const [counted] = await db.select({ total: count() }).from(table).where(where)
  const rows = await db.select().from(table).where(where).orderBy(desc(table.id)).limit(limit).offset(start)
  return { total: counted!.total, rows }
}

/** Creates an alias. Throws Conflict if the barcode already has one from that date on. */
export async function createAlias(
  setOfBookId: number,
  input: BarcodeAliasInput,
  by: Actor,
): Promise<BarcodeAliasRecord> {
  const { barcode, c8_barcode: c8Barcode, note } = input
  const values = { setOfBookId, barcode, c8Barcode, effectiveFrom: input.effective_from ?? '', note: note ?? null }
  return useStorage()
    .write(async (tx) => {
      const [alias] = await tx.insert(table).values(values).returning()
      await addAudit(tx, by, 'alias_created', { id: alias!.id, name: barcode, after: toFields(alias!) })
      return alias!
    })
    .catch((error) => refuseDuplicate(error, barcode))
}

/** Changes the given fields. Throws Conflict where the barcode has another from that date on. */
export async function updateAlias(
  setOfBookId: number,
  id: number,
  input: Partial<BarcodeAliasInput>,
  by: Actor,
): Promise<BarcodeAliasRecord | undefined> {
  const { write, forUpdate } = useStorage()
  let barcode = input.barcode
  return write(async (tx) => {
    const [before] = await forUpdate(tx.select().from(table).where(own(setOfBookId, id)))
    if (!before) return undefined
    barcode ??= before.barcode
    const columns = { ...toColumns(input), barcode }
    const [after] = await tx.update(table).set(columns).where(own(setOfBookId, id)).returning()
    await addAudit(tx, by, 'alias_changed', {
      id,
      name: after!.barcode,
      before: toFields(before),
      after: toFields(after!),
    })
    return after
  }).catch((error) => refuseDuplicate(error, barcode))
}

/** Deletes an alias. Returns whether it was there. */
export async function deleteAlias(setOfBookId: number, id: number, by: Actor): Promise<boolean> {
  return useStorage().write(async (tx) => {
    const [alias] = await tx.delete(table).where(own(setOfBookId, id)).returning()
    if (alias) await addAudit(tx, by, 'alias_deleted', { id, name: alias.barcode, before: toFields(alias) })
    return alias !== undefined
  })
}

/** The aliases that lead to these barcodes of C8, newest first. */
export async function findAliasesTo(setOfBookId: number, c8Barcodes: string[]): Promise<BarcodeAliasRecord[]> {
  if (c8Barcodes.length === 0) return []
  return useStorage()
    .db.select()
    .from(table)
    .where(and(eq(table.setOfBookId, setOfBookId), useStorage().dialect.isAmong(table.c8Barcode, c8Barcodes)))
    .orderBy(desc(table.id))
}

/** Under which barcodes C8 knows goods of goBox that are sold on a day; without an alias, it is the same. */
export async function findC8Barcodes(
  setOfBookId: number,
  barcodes: string[],
  date: string,
): Promise<Map<string, string>> {
  if (barcodes.length === 0) return new Map()
  const rows = await useStorage()
    .db.select()
    .from(table)
    .where(and(eq(table.setOfBookId, setOfBookId), inArray(table.barcode, barcodes), lte(table.effectiveFrom, date)))
    .orderBy(table.effectiveFrom)
  // Sorted by date, so that the latest wins.
  return new Map(rows.map((row) => [row.barcode, row.c8Barcode]))
}
