/** A message of goBox that could not be understood, as it came. */
export interface RejectedMessage {
  id: number
  received_at: string
  source: 'webhook' | 'download'
  body: string
  /** Whether `body` is only the beginning: then it cannot be replayed. */
  truncated: boolean
  reason: string
}
