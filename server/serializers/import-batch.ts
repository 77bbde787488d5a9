import type { ImportBatch } from '#shared/imports'
import { formatTime } from '#shared/time'
import type { BatchProgress } from '../repositories/import-batches.ts'
import type { ImportWait } from '../repositories/import-waits.ts'
import { useConfig } from '../config.ts'

const SECOND = 1000

/** Why a job does not go on, and when it is tried again by itself. */
export function presentWait(wait: Partial<ImportWait> | undefined) {
  const { zone, upstreamTimeout } = useConfig()
  const seconds = Math.ceil(upstreamTimeout / SECOND)
  const slow = {
    message: `C8 还没有回答，最多等 ${seconds} 秒，之后自动重试`,
    code: 'c8_slow',
    params: { seconds },
  } as const
  const reason = wait && (wait.reason ?? slow)
  return {
    waiting_reason: reason?.message ?? null,
    waiting_code: reason?.code ?? null,
    waiting_params: reason?.params ?? null,
    retry_at: wait?.retryAt ? formatTime(wait.retryAt, zone) : null,
  }
}

/** A batch as the pages show it. */
export function presentBatch({
  id,
  automaticDay,
  createdAt,
  createdUser,
  total,
  imported,
  failed,
  cancelled,
  pending,
  wait,
}: BatchProgress): ImportBatch {
  return {
    id,
    automatic: automaticDay !== null,
    created_at: formatTime(createdAt, useConfig().zone),
    created_user: createdUser,
    total,
    imported,
    failed,
    cancelled,
    pending,
    ...presentWait(wait),
  }
}
