/* What can go wrong at the stand-ins, and what they note of each call. */

export const steps = [
  'gobox.token',
  'gobox.trade',
  'c8.security_keys',
  'c8.set_of_books',
  'c8.lists',
  'c8.products',
  'c8.retail_lookup',
  'c8.retail_get',
  'c8.retail_create',
  'c8.confirm',
  'c8.workflow',
  // Where `redirect` points to: a recorded call here means that the client followed it.
  'redirected',
  'unknown',
] as const
export type Step = (typeof steps)[number]
/** A step, or all steps of one upstream. */
export type Target = Step | 'gobox' | 'c8'

export const faultKinds = [
  'slow',
  'status',
  'garbage',
  'reset',
  'create_then_drop',
  'create_then_500',
  'create_then_garbage',
  'create_late',
  'text',
  'refuse',
  'lapsed_token',
  'redirect',
  'drip',
  'huge',
] as const
export type FaultKind = (typeof faultKinds)[number]

export interface Fault {
  step: Target
  kind: FaultKind
  /** Calls it hits; absent: every call until cleared. */
  times?: number
  /** Only calls whose path or body contains this text. */
  containing?: string
  /** `slow`: delay; `create_late`: when the work is done; `drip`: time between two bytes. */
  ms?: number
  /**
   * `status`: default 500; `redirect`: default 302; `refuse`: default 200; `text`: default 400. `create_late`: what is
   * answered at once; absent: nothing.
   */
  status?: number
  /** `status`, `redirect`: the Location header. */
  location?: string
  /** goBox's `code` for `refuse` (default 1) and `lapsed_token` (default 401). */
  code?: number
  message?: string
  /** `huge`: size of the answer. */
  bytes?: number
}

/** Milliseconds before each answer, by target. */
export type Latency = Partial<Record<Target, number>>

export interface Call {
  step: Step
  method: string
  path: string
  token?: string
  body?: unknown
  /** Milliseconds since the epoch. */
  time: number
  fault?: FaultKind
  /** Absent while unanswered, and when the connection was dropped. */
  status?: number
  finished?: number
}
