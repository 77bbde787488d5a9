import type { Automation } from '#shared/automation'
import { presentAutomation } from '../presenters/automation'
import { getAutomation } from '../repositories/automations'
import { getSetOfBook } from '../repositories/set-of-books'

/** What a person switches, for the audit. */
export function switchesOf({ downloads, download_minutes, imports, import_delay_minutes, import_since }: Automation) {
  return { downloads, download_minutes, imports, import_delay_minutes, import_since }
}

/** The present state of what runs by itself, as GET shows it and PUT answers it. */
export async function viewAutomation(setOfBookId: number) {
  return presentAutomation((await getSetOfBook(setOfBookId))!, await getAutomation(setOfBookId))
}
