import { z } from 'zod'
import { integerField, nameField, pagingFields, textField } from './fields.ts'

/** What a retail document is printed as: 收据, 发票, 增值税发票. */
export const BILL_TYPES = { 0: '收据', 1: '发票', 2: '增值税发票' } as const
export type BillType = keyof typeof BILL_TYPES

/** A cabinet's configuration as the form sends it (contract.md, 3.5). */
export const deviceSchema = z.object({
  name: nameField(64),
  dev_id: integerField(),
  store_id: integerField(1),
  bank_id: integerField(1),
  member_id: integerField(1),
  employee_id: integerField(1),
  bill_type: integerField(0, 2).transform((type) => type as BillType),
})
export type DeviceInput = z.output<typeof deviceSchema>

/** Any subset of the fields. */
export const devicePatchSchema = deviceSchema.partial()

/** The list's query (contract.md, 3.6). */
export const deviceQuerySchema = z.object({ name: textField(1, 64).optional(), ...pagingFields })

/** A device as every route shows it. */
export interface Device extends DeviceInput {
  id: number
  set_of_book: string
  created_at: string
  created_user: string
  updated_at: string | null
  updated_user: string | null
}

/** A cabinet that orders came from but that is not configured; `last_seen` is its newest order's create_time. */
export interface UnconfiguredDevice {
  dev_id: number
  orders: number
  amount: number
  last_seen: string
}

/** C8's lists that a device refers to. */
export type C8List = 'stores' | 'banks' | 'employees' | 'members'

/** The query of C8's lists. */
export const c8ListQuerySchema = z.object({ name: textField(1, 64).optional(), ...pagingFields })
