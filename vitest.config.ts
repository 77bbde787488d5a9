import { defineVitestProject } from '@nuxt/test-utils/config'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Most of the time goes by in waiting for deadlines, so more files than the default of one less than there are cores.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: 'server',
          environment: 'node',
          include: ['tests/unit/**/*.test.ts', 'tests/api/**/*.test.ts', 'tests/faults/**/*.test.ts'],
          // A restart of the app takes seconds on a busy machine.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      await defineVitestProject({ test: { name: 'pages', include: ['tests/nuxt/**/*.test.ts'], environment: 'nuxt' } }),
    ],
  },
})
