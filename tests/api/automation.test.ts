import { beforeAll, describe, vi } from 'vitest'
import { itHolds, itIsGuarded, type Scenario } from './scenarios.ts'
import { failed } from './server.ts'
import { useBatches } from './import-batch.ts'

const { context, world } = useBatches()

describe('what runs by itself', () => {
  // A look-up that hangs in a test above ends later, which is no doing of the requests below.
  beforeAll(async () => {
    const underWay = () =>
      context.app.rows(
        `SELECT orders.id FROM orders JOIN set_of_books ON set_of_books.id = set_of_book_id
         WHERE import_lease IS NOT NULL OR import_due_at < ? AND import_paused_reason IS NULL`,
        Date.now() + 15_000,
      )
    await vi.waitUntil(() => underWay().length === 0, { timeout: 40_000, interval: 250 })
  })
  itIsGuarded('GET /api/automation', 'view', () => world)
  itIsGuarded('PUT /api/automation', 'edit', () => world, { downloads: 0, imports: 0 })
  itHolds(
    [
      {
        says: 'is off at first',
        who: 1,
        request: 'GET /api/automation',
        status: 200,
        answer: { downloads: false, imports: false, has_c8_login: false, enabled_user: null },
      },
      {
        says: 'may be switched on only by who may import',
        who: 2,
        request: 'PUT /api/automation',
        body: { downloads: 1, imports: 0 },
        status: 403,
      },
      ...(
        [
          ['downloads', 2],
          ['downloads', undefined],
          ['imports', 'x'],
          ['download_minutes', 0],
          ['download_minutes', 1441],
          ['import_delay_minutes', -1],
          ['import_since', 'x'],
        ] as const
      ).map(([field, value]): Scenario => ({
        says: `refuses ${String(value)} as ${field}`,
        request: 'PUT /api/automation',
        body: { downloads: 0, imports: 0, [field]: value },
        status: 400,
        answer: failed(new RegExp(`^${field}：`)),
      })),
    ],
    () => world,
  )
})
