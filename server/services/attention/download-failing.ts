import { readDownloadFailure } from '../../repositories/attention-facts.ts'
import { pageAt, type Evaluator } from './finding.ts'

const HOUR = 3_600_000

/** The last download by itself failed. */
export const downloadFailing: Evaluator = {
  kind: 'download_failing',
  severity: 'warning',
  graverAfter: 6 * HOUR,
  async find({ setOfBookId }) {
    const failure = await readDownloadFailure(setOfBookId)
    if (!failure) return []
    const { message, code, params } = failure
    return [{ title: '自动下载失败', detail: message, code, params, to: pageAt('/settings', { tab: 'automation' }) }]
  },
}
