import { Family } from './tally.ts'

/*
 * What is counted while it happens (docs/monitoring/README.md). Labels have few values: never an order, a user or an
 * account set.
 */

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000]

export const requests = new Family(
  'gobox_http_request_duration_seconds',
  'Requests that are answered, with the time until the last byte was handed over.',
  ['route', 'method', 'status'],
  SECONDS,
)

export const webhookMessages = new Family(
  'gobox_webhook_messages_total',
  'Messages of goBox with a good token, by what became of them.',
  ['outcome'],
)
for (const outcome of ['created', 'updated', 'unchanged', 'rejected']) webhookMessages.of(outcome)

export const imports = new Family('gobox_imports_total', 'Attempts to import an order into C8, by how they ended.', [
  'outcome',
])
for (const outcome of ['imported', 'failed', 'postponed']) imports.of(outcome)

export const upstreamCalls = new Family(
  'gobox_upstream_call_duration_seconds',
  'Calls to goBox and C8, with the time until the answer was read.',
  ['upstream', 'step', 'outcome'],
  SECONDS,
)

export const commitSizes = new Family(
  'gobox_group_commit_size',
  'Writes that shared a commit, and so a disk sync.',
  [],
  SIZES,
)
export const commitTimes = new Family(
  'gobox_group_commit_duration_seconds',
  'Time of a group’s transaction, disk sync included.',
  [],
  SECONDS,
)
