import type { Automation } from '#shared/automation'

export type AutomationKind = 'downloads' | 'imports'

interface State {
  type: 'success' | 'info' | 'danger' | 'warning'
  label: 'on' | 'off' | 'failed' | 'paused' | 'noLogin'
  /** Why it does not run. */
  reason?: string
  /** Whether a log-in mends it. */
  needsLogIn?: boolean
}

/** Whether what is switched on really runs, and if not why. */
export function useAutomationState(automation: () => Automation, kind: () => AutomationKind) {
  const { t } = useI18n()

  function downloads({ downloads, last_download_error: reason }: Automation): State {
    if (!downloads) return { type: 'info', label: 'off' }
    return reason ? { type: 'danger', label: 'failed', reason } : { type: 'success', label: 'on' }
  }

  function imports({ imports, import_paused_reason: reason, has_c8_login }: Automation): State {
    if (reason) return { type: 'danger', label: 'paused', reason, needsLogIn: true }
    if (!imports) return { type: 'info', label: 'off' }
    return has_c8_login
      ? { type: 'success', label: 'on' }
      : { type: 'warning', label: 'noLogin', reason: t('automation.noLoginText'), needsLogIn: true }
  }

  return computed(() => (kind() === 'downloads' ? downloads(automation()) : imports(automation())))
}
