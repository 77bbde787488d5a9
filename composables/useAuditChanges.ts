import type { AuditDetail } from '#shared/audit'
import { isPermitted, PERMISSION_BITS, type Permission } from '#shared/permissions'

const LABEL_ROOTS = ['devices', 'settings.gobox', 'settings.auditField']

/** An audit entry's details in words: what each field was and is. */
export function useAuditChanges() {
  const { t, te } = useI18n()

  function labelOf(field: string) {
    const root = LABEL_ROOTS.find((name) => te(`${name}.${field}`))
    return root ? t(`${root}.${field}`) : field
  }

  function valueOf(field: string, value: unknown): string {
    if (field === 'access_level')
      return (Object.keys(PERMISSION_BITS) as Permission[])
        .filter((bit) => isPermitted(Number(value), bit))
        .map((bit) => t(`settings.rights.short.${bit}`))
        .join(' ')
    if (value === null || value === undefined || value === '') return '—'
    // The log keeps no secret, only that there is another.
    if (field === 'app_key') return t('settings.audit.secretReplaced')
    if (field === 'bill_type') return t(`billType.${value as number}`)
    if (typeof value === 'boolean') return t(value ? 'automation.on' : 'automation.off')
    return String(value)
  }

  return function changesOf({ name, before = {}, after = {} }: AuditDetail): string[] {
    return (
      [...new Set([...Object.keys(before), ...Object.keys(after)])]
        // The name stands before the changes anyway, unless it is what changed.
        .filter(
          (field) =>
            before[field] !== after[field] &&
            !(field === 'name' && [before.name, after.name].every((one) => one === undefined || one === name)),
        )
        .map((field) => {
          const was = field in before ? `${valueOf(field, before[field])} → ` : ''
          return `${labelOf(field)}: ${was}${field in after ? valueOf(field, after[field]) : '—'}`
        })
    )
  }
}
