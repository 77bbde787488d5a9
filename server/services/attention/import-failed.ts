import { hash } from 'node:crypto'
import { NAMED_REASONS } from '#shared/import-state'
import { listFailedReasons, type FailedReason } from '../../repositories/attention-facts.ts'
import { pageAt, type Evaluator, type Finding } from './finding.ts'

const OTHER = 'other'
/** A reason may name all lines of an order; longer ones are identified by a fingerprint. */
const MAX_KEY = 300
const KEPT = 240

const keyOf = (reason: string) =>
  reason.length <= MAX_KEY ? reason : `${reason.slice(0, KEPT).toWellFormed()}…${hash('sha256', reason).slice(0, 16)}`

function findingOf({ message, code, params, orders, amount }: FailedReason): Finding {
  return {
    key: keyOf(message),
    title: '导入失败',
    detail: message,
    code,
    params,
    count: orders,
    amount,
    to: pageAt('/orders', { import_state: 'failed', ...(message && { import_error: message }) }),
  }
}

/** Failed orders by reason. The reasons that came first keep their own, so that no item moves while others come. */
export const importFailed: Evaluator = {
  kind: 'import_failed',
  severity: 'warning',
  async find({ setOfBookId }) {
    const reasons = await listFailedReasons(setOfBookId)
    const rest = reasons.slice(NAMED_REASONS)
    const findings = reasons.slice(0, NAMED_REASONS).map(findingOf)
    if (rest.length === 0) return findings
    const sum = (field: 'orders' | 'amount') => rest.reduce((total, reason) => total + reason[field], 0)
    findings.push({
      key: OTHER,
      title: '导入失败',
      detail: `另有 ${rest.length} 种原因`,
      count: sum('orders'),
      amount: sum('amount'),
      to: pageAt('/orders', { import_state: 'failed', import_error_rest: 1 }),
    })
    return findings
  },
}
