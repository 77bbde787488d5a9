/** What is written down about who did what: log-ins and changes that a shop may want to ask about later. */
export const AUDIT_EVENTS = [
  'logged_in', 'log_in_failed', 'logged_out', 'session_ended', 'settings_changed', 'token_replaced',
  'device_created', 'device_changed', 'device_deleted', 'order_deleted', 'import_reset', 'import_started', 'batch_started',
] as const

export type AuditEvent = (typeof AUDIT_EVENTS)[number]

/** Each event's name for a person. */
export const AUDIT_EVENT_NAMES: Record<AuditEvent, string> = {
  logged_in: '登录', log_in_failed: '登录失败', logged_out: '退出登录', session_ended: 'C8 结束了登录',
  settings_changed: '修改设置', token_replaced: '更换本地 Token',
  device_created: '新建货柜', device_changed: '修改货柜', device_deleted: '删除货柜',
  order_deleted: '删除订单', import_reset: '重置导入', import_started: '导入订单', batch_started: '批量导入',
}

/** What an event was about, by the names of the public fields; never a secret: of one only that it changed. */
export interface AuditDetail {
  /** Why a log-in failed. */
  reason?: string
  /** The thing's id and its name for a person. */
  id?: number
  name?: string
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}

/** One entry as `GET /api/audit` lists it, newest first. */
export interface AuditEntry {
  id: number
  at: string
  user: string
  address: string
  event: AuditEvent
  detail: AuditDetail | null
}
