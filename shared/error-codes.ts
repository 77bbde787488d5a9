/**
 * What a failure can be, for programs: stable, in snake_case. Beside the code, `errmsg` says it in Chinese and `params`
 * hold what it names; i18n/errors has the text of each in both languages. A code is added, never renamed.
 */
export const ERROR_CODES = [
  'alert_address_not_allowed',
  'alias_exists',
  'alias_not_found',
  'alias_unknown',
  'already_imported',
  'already_importing',
  'attention_not_found',
  'automation_needs_create',
  'awaiting_c8',
  'awaits_c8',
  'backup_running',
  'backups_elsewhere',
  'bad_request',
  'batch_not_found',
  'batch_orders_missing',
  'batch_too_large',
  'body_not_json',
  'body_not_object',
  'body_not_utf8',
  'body_too_deep',
  'body_too_large',
  'c8_denies_log_in',
  'c8_lookup_broken',
  'c8_origin_not_allowed',
  'c8_permission_missing',
  'c8_session_ended',
  'c8_set_of_book_missing',
  'c8_slow',
  'c8_step_denied',
  'channel_not_found',
  'check_broken',
  'check_needs_log_in',
  'check_not_running',
  'credentials_incomplete',
  'credentials_missing',
  'credentials_refused',
  'cross_site',
  'database_damaged',
  'database_unavailable',
  'date_not_found',
  'day_checking',
  'day_closed',
  'day_importing',
  'day_moved_on',
  'day_needs_note',
  'day_not_begun',
  'day_not_closed',
  'day_not_over',
  'day_unchecked',
  'delete_imported',
  'delete_while_awaiting_c8',
  'delete_while_importing',
  'device_exists',
  'device_not_found',
  'device_unconfigured',
  'difference_not_found',
  'difference_settled',
  'disk_almost_full',
  'download_refused',
  'email_failed',
  'expectation_failed',
  'failures_gone',
  'gobox_pages_endless',
  'gobox_url_missing',
  'headers_too_large',
  'import_broken',
  'import_interrupted',
  'import_overtaken',
  'imports_await_log_in',
  'internal',
  'invalid',
  'invalid_input',
  'job_awaits_log_in',
  'job_broken',
  'job_not_found',
  'local_token_unknown',
  'malformed_request',
  'message_not_found',
  'message_truncated',
  'method_not_allowed',
  'metrics_token_missing',
  'metrics_token_wrong',
  'not_found',
  'number_out_of_range',
  'order_changed',
  'order_not_found',
  'order_unpaid',
  'order_without_lines',
  'page_not_found',
  'parameter_repeated',
  'permission_missing',
  'price_out_of_range',
  'product_ambiguous',
  'product_unknown',
  'refund_not_open',
  'request_aborted',
  'request_timeout',
  'reset_overtaken',
  'reset_while_awaiting_c8',
  'reset_while_importing',
  'retail_already_made',
  'retail_amount_differs',
  'retail_code_missing',
  'retail_deleted',
  'retail_doubled',
  'retail_exists',
  'retail_sent_back',
  'retail_taken',
  'route_not_found',
  'session_ended',
  'set_of_book_hidden',
  'set_of_book_not_found',
  'set_of_book_of_other_c8',
  'smtp_missing',
  'stopping',
  'storage_unavailable',
  'tax_rate_invalid',
  'tax_rate_missing',
  'text_unstorable',
  'token_missing',
  'too_many_exports',
  'too_many_failed_log_ins',
  'too_many_jobs',
  'too_many_requests',
  'too_many_searches',
  'too_many_streams',
  'too_many_wrong_tokens',
  'total_mismatch',
  'unsupported_media_type',
  'upstream_disconnected',
  'upstream_faulty',
  'upstream_not_allowed',
  'upstream_redirects',
  'upstream_refuses',
  'upstream_timeout',
  'upstream_too_large',
  'upstream_unreachable',
  'upstream_unreadable',
  'view_exists',
  'view_not_found',
  'views_full',
  'workflow_status_missing',
  'workflow_unfinished',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** What a failure's message names, by snake_case names. */
export type ErrorParams = Record<string, string | number | null>

/** Why something failed, as it is kept and shown. */
export interface Reason {
  /** In Chinese. */
  message: string
  code: ErrorCode
  params?: ErrorParams
}

/**
 * What reasons have in common that are the same: code and params, in any order; the message where a reason was noted
 * before there were codes.
 */
export function reasonKey({
  message,
  code,
  params,
}: {
  message: string
  code?: string | null
  params?: ErrorParams | null
}): string {
  return code ? JSON.stringify([code, Object.entries(params ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))]) : message
}

/** The barcode that C8 does not know, where that is the reason: goBox's, or that of an alias. */
export const barcodeUnknownToC8 = ({ params }: { params?: ErrorParams | null }) =>
  String(params?.c8_barcode ?? params?.barcode ?? '')
