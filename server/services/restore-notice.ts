import { readRestoreNotice, saveRestoreNotice, type RestoreNotice } from '../repositories/restore-notice.ts'

/** Milliseconds; goBox may send thousands of messages that are refused. */
const SAVE_EVERY = 5000

let notice: RestoreNotice | undefined
let saving: NodeJS.Timeout | undefined

function save() {
  clearTimeout(saving)
  saving = undefined
  if (notice) saveRestoreNotice(notice)
}

/** Loads the notice of the last restore. */
export function startRestoreNotice() {
  notice = readRestoreNotice()
}

/** Stores the counts. */
export function stopRestoreNotice() {
  if (saving !== undefined) save()
}

/** Counts a message to the webhook whose token is nobody's: after a restore it may be goBox with its newer token. */
export function noteStranger() {
  if (!notice || notice.sets.length === 0) return
  notice.strangers = (notice.strangers ?? 0) + 1
  notice.lastStrangerAt = Date.now()
  saving ??= setTimeout(save, SAVE_EVERY).unref()
}

/** The account set's owners know: somebody has said so, or goBox was heard with the token that holds. */
export function settleRestore(setOfBookId: number) {
  if (!notice?.sets.includes(setOfBookId)) return
  notice.sets = notice.sets.filter((id) => id !== setOfBookId)
  save()
}

/** The notice of the last restore for the account set's owners; `undefined` if there is none. */
export function viewRestoreNotice(setOfBookId: number): RestoreNotice | undefined {
  return notice?.sets.includes(setOfBookId) ? notice : undefined
}
