import { ACTION_PERMISSIONS, ORDER_ACTIONS } from '#shared/job-rules'
import type { Permission } from '#shared/permissions'

const ALL = [...new Set(Object.values(ACTION_PERMISSIONS))]

/** The permission that a job takes by its `kind`; any of them where that names none. */
export function jobPermissions({ kind }: Record<string, unknown>): readonly Permission[] {
  const action = ORDER_ACTIONS.find((one) => one === kind)
  return action ? [ACTION_PERMISSIONS[action]] : ALL
}
