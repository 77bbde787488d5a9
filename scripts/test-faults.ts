import { spawnSync } from 'node:child_process'
import process from 'node:process'

const seed = process.env.TEST_SEED ?? String(Date.now() % 1e9)
console.log(`TEST_SEED=${seed}`)

/** The fault tests with many rounds instead of few; further arguments go to vitest. */
const { status } = spawnSync('vitest', ['run', 'tests/faults', '--reporter=verbose', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, TEST_FAULTS: 'long', TEST_SEED: seed },
})
process.exitCode = status ?? 1
