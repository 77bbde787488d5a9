import { backupFailing } from './backup-failing.ts'
import { cabinetSilent } from './cabinet-silent.ts'
import { cabinetUnconfigured } from './cabinet-unconfigured.ts'
import { clockOdd } from './clock-odd.ts'
import { dayChangedAfterClose } from './day-changed.ts'
import { dayDiffers } from './day-differs.ts'
import { diskLow } from './disk-low.ts'
import { downloadFailing } from './download-failing.ts'
import type { Evaluator } from './finding.ts'
import { goboxLoginFailing } from './gobox-login-failing.ts'
import { goboxSilent } from './gobox-silent.ts'
import { importFailed } from './import-failed.ts'
import { importStuck } from './import-stuck.ts'
import { importsPaused } from './imports-paused.ts'
import { messageRejected } from './message-rejected.ts'
import { refundOverdue } from './refund-overdue.ts'
import { refundUnhandled } from './refund-unhandled.ts'

/** Every kind of need: a new one is a module beside these, a line here and its name in shared/attention.ts. */
export const EVALUATORS: readonly Evaluator[] = [
  importsPaused,
  importFailed,
  importStuck,
  downloadFailing,
  goboxSilent,
  cabinetSilent,
  cabinetUnconfigured,
  refundUnhandled,
  refundOverdue,
  messageRejected,
  clockOdd,
  dayDiffers,
  dayChangedAfterClose,
  goboxLoginFailing,
  backupFailing,
  diskLow,
]
