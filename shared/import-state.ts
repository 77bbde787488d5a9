/**
 * Where an order stands on its way into C8 (docs/architecture.md, How an import moves).
 * `created`: the retail document exists, confirm or workflow is still to come.
 */
export const IMPORT_STATES = ['idle', 'queued', 'sending', 'created', 'imported', 'failed'] as const

export type ImportState = (typeof IMPORT_STATES)[number]

/** From `created` on the document exists in C8, so the order counts as imported. */
export const IMPORTED_STATES = ['created', 'imported'] as const satisfies readonly ImportState[]

/** An import that has been due for so many milliseconds is stuck. */
export const STUCK_AFTER = 30 * 60_000

/** So many reasons of failed imports are told apart, those whose orders came first; the others are one. */
export const NAMED_REASONS = 20

/** Whether C8 holds a retail document for an order in this state. */
export function isImported(state: ImportState): boolean {
  return state === 'created' || state === 'imported'
}

/** Whether the state changes by itself: what is on its way into C8. */
export function isMoving(state: ImportState): boolean {
  return state === 'queued' || state === 'sending' || state === 'created'
}

/** What people call the states. */
export const IMPORT_STATE_NAMES: Record<ImportState, string> = {
  idle: '未导入',
  queued: '排队中',
  sending: '导入中',
  created: '导入中',
  imported: '已导入',
  failed: '导入失败',
}
