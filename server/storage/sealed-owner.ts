import { CHECK_OWNER } from './key-check.ts'

/** For whom a table's secrets are sealed, as SQL: its account set's name. */
export function sealedOwner(table: string): string {
  if (table === 'key_checks') return `'${CHECK_OWNER}'`
  return table === 'set_of_books'
    ? 'set_of_book'
    : '(SELECT set_of_book FROM set_of_books WHERE set_of_books.id = set_of_book_id)'
}
