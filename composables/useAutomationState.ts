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
  const reasonOf = useReason()

  function downloads(automation: Automation): State {
    if (!automation.downloads) return { type: 'info', label: 'off' }
    const {
      last_download_error: message,
      last_download_error_code: code,
      last_download_error_params: params,
    } = automation
    return message
      ? { type: 'danger', label: 'failed', reason: reasonOf({ message, code, params }) }
      : { type: 'success', label: 'on' }
  }

  function imports(automation: Automation): State {
    const {
      imports,
      import_paused_reason: message,
      import_paused_code: code,
      import_paused_params: params,
    } = automation
    if (message)
      return { type: 'danger', label: 'paused', reason: reasonOf({ message, code, params }), needsLogIn: true }
    if (!imports) return { type: 'info', label: 'off' }
    return automation.has_c8_login
      ? { type: 'success', label: 'on' }
      : { type: 'warning', label: 'noLogin', reason: t('automation.noLoginText'), needsLogIn: true }
  }

  return computed(() => (kind() === 'downloads' ? downloads(automation()) : imports(automation())))
}
