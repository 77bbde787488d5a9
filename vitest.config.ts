import { defineVitestProject } from '@nuxt/test-utils/config'
import { defineConfig } from 'vitest/config'

/** A restart of the app takes seconds on a busy machine. */
const slow = {
  environment: 'node',
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000 } },
} as const

const onlyPostgres = 'tests/unit/server/storage/postgres/**/*.test.ts'

export default defineConfig({
  test: {
    // Most of the time goes by in waiting for deadlines, so more files than the default of one less than there are
    // cores.
    maxWorkers: 4,
    projects: [
      {
        test: {
          name: 'server',
          ...slow,
          include: ['unit', 'api', 'faults', 'package'].map((part) => `tests/${part}/**/*.test.ts`),
          exclude: [onlyPostgres],
        },
      },
      {
        test: {
          ...slow,
          name: 'postgres',
          include: [
            'tests/api/**/*.test.ts',
            'tests/cluster/**/*.test.ts',
            'tests/unit/server/repositories/**/*.test.ts',
            'tests/unit/server/services/{alerts,attention}/**/*.test.ts',
            'tests/unit/server/storage/transactions.test.ts',
            onlyPostgres,
          ],
          // SQLite's triggers and data folder; PostgreSQL's have tests of their own.
          exclude: ['tests/unit/server/repositories/order-totals.test.ts', 'tests/api/security/at-rest.test.ts'],
          env: { TEST_ENGINE: 'postgres' },
          globalSetup: ['tests/postgres-server.ts'],
          setupFiles: ['tests/postgres-database.ts'],
        },
      },
      await defineVitestProject({
        test: { name: 'pages', include: ['tests/nuxt/**/*.test.ts'], environment: 'nuxt', hookTimeout: 60_000 },
      }),
    ],
  },
})
