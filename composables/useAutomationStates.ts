import type { Automation } from '#shared/automation'

export interface AutomationState {
  kind: 'downloads' | 'imports'
  type: 'success' | 'info' | 'danger' | 'warning'
  /** The key of the word for it. */
  label: 'on' | 'off' | 'failed' | 'paused' | 'noLogin'
  /** Why it does not run. */
  reason?: string
  /** Whether a log-in mends it. */
  needsLogIn?: boolean
}

/** Whether what is switched on really runs, and if not why. */
export function useAutomationStates(automation: MaybeRefOrGetter<Automation | undefined>) {
  const { t } = useI18n()

  function downloads({ downloads, last_download_error: reason }: Automation): Omit<AutomationState, 'kind'> {
    if (!downloads) return { type: 'info', label: 'off' }
    return reason ? { type: 'danger', label: 'failed', reason } : { type: 'success', label: 'on' }
  }

  function imports({ imports, import_paused_reason: reason, has_c8_login }: Automation): Omit<AutomationState, 'kind'> {
    if (reason) return { type: 'danger', label: 'paused', reason, needsLogIn: true }
    if (!imports) return { type: 'info', label: 'off' }
    return has_c8_login ? { type: 'success', label: 'on' } : { type: 'warning', label: 'noLogin', reason: t('settings.automation.noLoginText'), needsLogIn: true }
  }

  return computed<AutomationState[]>(() => {
    const now = toValue(automation)
    return now ? [{ kind: 'downloads', ...downloads(now) }, { kind: 'imports', ...imports(now) }] : []
  })
}
