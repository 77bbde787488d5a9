import { spawnSync } from 'node:child_process'
import process from 'node:process'

const seed = process.env.TEST_SEED ?? String(Date.now() % 1e9)
console.log(`TEST_SEED=${seed}`)
const further = process.argv.slice(2)

/**
 * What is to be run on which engine. The other faults are those of a data folder: its disk, its backups, its one
 * process.
 */
const PARTS = {
  server: ['tests/faults'],
  postgres: [
    'tests/cluster',
    'tests/api/import-crash',
    'tests/api/postgres-start',
    'tests/unit/server/storage/postgres',
  ],
}

/** The fault tests with many rounds instead of few; further arguments go to vitest. */
for (const [project, files] of Object.entries(PARTS)) {
  const args = ['run', '--project', project, ...files, '--reporter=verbose', '--passWithNoTests', ...further]
  const { status } = spawnSync('vitest', args, {
    stdio: 'inherit',
    env: { ...process.env, TEST_FAULTS: 'long', TEST_SEED: seed },
  })
  process.exitCode ||= status ?? 1
}
