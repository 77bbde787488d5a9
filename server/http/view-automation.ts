import { presentAutomation } from '../serializers/automation.ts'
import { getAutomation } from '../repositories/automations.ts'
import { getSetOfBook } from '../repositories/set-of-books.ts'

/** The present state of what runs by itself, as GET shows it and PUT answers it. */
export async function viewAutomation(setOfBookId: number) {
  return presentAutomation((await getSetOfBook(setOfBookId))!, await getAutomation(setOfBookId))
}
