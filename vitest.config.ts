import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    environment: 'node',
    include: ['tests/unit/**/*.test.ts', 'tests/api/**/*.test.ts', 'tests/faults/**/*.test.ts'],
    // A restart of the app takes seconds on a busy machine.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
