import type { ImportBatch } from '#shared/imports'
import { formatTime } from '#shared/time'
import type { BatchProgress } from '../repositories/import-batches.ts'
import { useConfig } from '../utils/config.ts'

/** A batch as the pages show it. */
export function presentBatch({
  id,
  createdAt,
  createdUser,
  total,
  imported,
  failed,
  cancelled,
  pending,
}: BatchProgress): ImportBatch {
  return {
    id,
    created_at: formatTime(createdAt, useConfig().zone),
    created_user: createdUser,
    total,
    imported,
    failed,
    cancelled,
    pending,
  }
}
