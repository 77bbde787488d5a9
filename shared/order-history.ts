/** One entry of an order's history: what happened, when, by whom. */
export interface OrderHistoryEntry {
  at: string
  user: string
  event:
    | 'received'
    | 'changed'
    | 'queued'
    | 'sending'
    | 'created'
    | 'imported'
    | 'failed'
    | 'retried'
    | 'cancelled'
    | 'reset'
  /** Why, for `queued` and `failed`. */
  reason?: string
  /** Fields that a later message changed, as `[before, after]`. */
  change?: Record<string, [unknown, unknown]>
  /** Changes that came too late, when C8 had or might have had the order. */
  withheld?: Record<string, [unknown, unknown]>
  retail_code?: string
  /** The document was there already and was taken over. */
  adopted?: boolean
}
