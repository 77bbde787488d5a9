import { join } from 'node:path'
import Database from 'better-sqlite3'
import { drain } from './drain.ts'
import { growthDuring } from './memory.ts'
import { seeded } from './seeded.ts'
import { logIn } from './shop.ts'

/** Reads every order with all that is exported, by the index that the export goes by, and does nothing with it. */
function readBare(folder: string): number {
  const db = new Database(join(folder, 'gobox.db'), { readonly: true })
  const begin = performance.now()
  const rows = db
    .prepare(
      `SELECT trans_id, create_time, status, dev_id, products, total_amount, update_time, import_state, retail_code, imported_at, imported_user, import_error, e_id
    FROM orders ORDER BY set_of_book_id, create_time DESC, id DESC`,
    )
    .iterate()
  for (const row of rows) JSON.parse((row as { products: string }).products)
  db.close()
  return performance.now() - begin
}

/**
 * The export of all orders beside a bare loop over them: milliseconds, their ratio, and by how many MiB the app's
 * memory grew.
 */
export async function benchExport(orders: number) {
  const { folder, sandbox, start } = await seeded(orders)
  const app = await start()
  const { token } = await logIn(app.url, sandbox)
  const bare = readBare(folder)
  const took: Record<string, number> = {}
  const growth: Record<string, number> = {}
  for (const format of ['csv', 'xlsx']) {
    const begin = performance.now()
    growth[format] = await growthDuring(app.child.pid!, () =>
      drain(`${app.url}/api/orders/export?format=${format}`, token),
    )
    took[format] = performance.now() - begin
  }
  await app.stop()
  return {
    orders,
    bare,
    csv: took.csv!,
    xlsx: took.xlsx!,
    ratio: bare / took.csv!,
    growthCsv: growth.csv!,
    growthXlsx: growth.xlsx!,
  }
}
