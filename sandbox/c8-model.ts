/* What the stand-in C8 knows beside its documents. */

/** An account set (账套) with its shop's credentials at goBox. */
export interface SetOfBook {
  set_of_book: string
  tax_rate: number
  vat_tax_rate: number
  gobox_user: string
  app_key: string
}

export interface C8Token {
  token: string
  /** Bit mask 1 view, 2 edit, 4 create, 8 delete; `null` means no permission at all. */
  access_level: number | null
  user_name?: string
  /** The account sets this token may see; its new documents go to the first. */
  set_of_books: string[]
}

/** A row of a C8 list. Without `set_of_book` every account set sees it. */
export interface ListItem {
  id: number
  name: string
  code?: string
  set_of_book?: string
}

export interface Product extends ListItem {
  /** Absent where C8 does not tell it. */
  barcode?: string
  /** `false`: no longer sold. */
  in_use?: boolean
}

export const listNames = ['stores', 'banks', 'employees', 'members'] as const
export type ListName = (typeof listNames)[number]
