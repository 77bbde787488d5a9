import { spawnSync } from 'node:child_process'
import process from 'node:process'

/** The fault tests with many rounds instead of few; further arguments go to vitest. */
const { status } = spawnSync('vitest', ['run', 'tests/faults', '--reporter=verbose', ...process.argv.slice(2)], {
  stdio: 'inherit', env: { ...process.env, TEST_FAULTS: 'long' },
})
process.exitCode = status ?? 1
