import { reasonKey } from '#shared/error-codes'
import type { ImportFailure } from '#shared/imports'
import type { Job, JobDetail } from '#shared/jobs'
import { formatTime } from '#shared/time'
import type { BatchProgress, getBatch } from '../repositories/import-batches.ts'
import { waitingReason } from '../services/job-queue.ts'
import { presentWait } from './import-batch.ts'
import { useConfig } from '../config.ts'

type Failures = NonNullable<Awaited<ReturnType<typeof getBatch>>>['failures']

/** Items that have failed as the pages show them. */
export function presentFailures(failures: Failures): ImportFailure[] {
  return failures.map(({ orderId, transId, reason, reasonCode, reasonParams, product }) => ({
    order_id: orderId,
    trans_id: transId,
    errmsg: reason!,
    code: reasonCode,
    params: reasonParams,
    product,
  }))
}

/** A job as the pages show it. */
export async function presentJob(batch: BatchProgress): Promise<Job> {
  const { id, kind, createdAt, createdUser, automaticDay, total, imported, done, failed, cancelled, pending } = batch
  const reason = pending > 0 ? await waitingReason(batch) : undefined
  return {
    id,
    kind,
    automatic: automaticDay !== null,
    created_at: formatTime(createdAt, useConfig().zone),
    created_user: createdUser,
    total,
    done: imported + done,
    failed,
    cancelled,
    pending,
    ...presentWait(reason ? { reason } : batch.wait),
  }
}

/** A job with its failures, also by their reason. */
export async function presentJobDetail({
  failures: items,
  ...batch
}: BatchProgress & { failures: Failures }): Promise<JobDetail> {
  const failures = presentFailures(items)
  const reasons = [...Map.groupBy(failures, ({ errmsg, ...rest }) => reasonKey({ message: errmsg, ...rest })).values()]
    .map((same) => {
      const { errmsg, code, params } = same[0]!
      return { errmsg, code, params, count: same.length }
    })
    .sort((a, b) => b.count - a.count)
  return { ...(await presentJob(batch)), failures, reasons }
}
