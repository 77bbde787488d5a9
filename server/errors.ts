import type { ZodError } from 'zod'
import type { ErrorCode, ErrorParams, Reason } from '#shared/error-codes'
import type { Rule } from '#shared/fields'

/** What an error carries beside its message. */
export interface DomainErrorOptions extends ErrorOptions {
  code: ErrorCode
  params?: ErrorParams
}

/**
 * What a request can fail with. The message is Chinese, for the person at the screen, and says what to do next; code
 * and params say the same to programs and in other languages (i18n/errors, whose Chinese equals the message); the cause
 * is for the log only. docs/api.md, Conventions, lists the status numbers.
 */
export class DomainError extends Error implements Reason {
  /** h3 hands such errors on as they are; any other it replaces by its cause. */
  static readonly __h3_error__ = true
  readonly status: number = 500
  readonly headers: Record<string, string> = {}
  /** What happened, for programs: stable, in snake_case. */
  readonly code: ErrorCode
  /** What the message names (a barcode, a cabinet …). */
  readonly params: ErrorParams | undefined
  constructor(message: string, { code, params, ...options }: DomainErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    this.params = params
  }
}

/** Malformed or invalid input. */
export class Invalid extends DomainError {
  override readonly status = 400
}
/** No valid token. */
export class Unauthorized extends DomainError {
  override readonly status = 401
}
/** The token is good, the permission is missing. */
export class Forbidden extends DomainError {
  override readonly status = 403
}
/** Not there, or another account set's, which must look the same. */
export class NotFound extends DomainError {
  override readonly status = 404
}
/** The present state does not allow it. */
export class Conflict extends DomainError {
  override readonly status = 409
}
export class BodyTooLarge extends DomainError {
  override readonly status = 413
}
export class UnsupportedMediaType extends DomainError {
  override readonly status = 415
}
/** Understood, but a business rule or an upstream says no. */
export class Refused extends DomainError {
  override readonly status = 422
}
/** The upstream does not know our credentials any more. */
export class SessionEnded extends Refused {}
/** Storage or the process cannot take it now. */
export class Unavailable extends DomainError {
  override readonly status = 503
}

/** No such method on this path; `allow` lists those that there are. */
export class MethodNotAllowed extends DomainError {
  override readonly status = 405
  override readonly headers: Record<string, string>
  constructor(allow: string[]) {
    super(`此地址只接受 ${allow.join('、')} 请求`, { code: 'method_not_allowed', params: { allow: allow.join('、') } })
    this.headers = { Allow: allow.join(', ') }
  }
}

/** Whoever asked has gone; nobody reads the answer, and the log shows why there is none. */
export class ClientLeft extends DomainError {
  override readonly status = 499
  constructor() {
    super('请求没有发完，请重新发送', { code: 'request_aborted' })
  }
}

/** More at once, or of the wrong, than one client or session may have. */
export class TooMany extends DomainError {
  override readonly status = 429
  override readonly headers: Record<string, string>
  constructor(message: string, retryAfterSeconds: number, { params, ...options }: DomainErrorOptions) {
    super(message, { ...options, params: { seconds: retryAfterSeconds, ...params } })
    this.headers = { 'Retry-After': String(retryAfterSeconds) }
  }
}

/**
 * An upstream did not answer as it should; the call may be tried again. `unanswered`: the call may have reached the
 * upstream and may still take effect there.
 */
export class UpstreamBroken extends DomainError {
  override readonly status: number = 502
  readonly unanswered: boolean
  constructor(message: string, unanswered: boolean, options: DomainErrorOptions) {
    super(message, options)
    this.unanswered = unanswered
  }
}

/** The upstream did not answer in time. */
export class UpstreamTimeout extends UpstreamBroken {
  override readonly status = 504
  constructor(message: string, options: DomainErrorOptions) {
    super(message, true, options)
  }
}

/** The rule behind one of zod's own issues, about lists and objects: `few_ids`, `object_filter` … */
function ruleOf(issue: ZodError['issues'][number]): Rule {
  if (issue.code === 'custom' && issue.params) return issue.params as Rule
  const name = issue.path.findLast((key) => typeof key === 'string') ?? 'body'
  if (issue.code === 'invalid_type')
    return issue.message === '必填'
      ? { rule: 'required' }
      : { rule: `${issue.expected === 'array' ? 'list' : issue.expected}_${name}` }
  if (issue.code === 'too_small') return { rule: `few_${name}`, min: Number(issue.minimum) }
  if (issue.code === 'too_big') return { rule: `many_${name}`, max: Number(issue.maximum) }
  return { rule: 'other', text: issue.message }
}

/**
 * The error for the first field of a failed parse as `field：clause`, e.g. `products.0.num：必须是 0.000001 到 1000000 的数`;
 * params name the field and the rule that it breaks.
 */
export function invalidInput(error: ZodError): Invalid {
  return problemsOf(error)[0]!
}

/** All that an input breaks. */
export function problemsOf({ issues }: ZodError): Invalid[] {
  return issues.map((issue) => invalidField(issue.path.join('.'), issue.message, ruleOf(issue)))
}

/** Refuses one field, or under an empty name the whole, for the rule that it breaks. */
export function invalidField(field: string, clause: string, rule: Rule): Invalid {
  return field === ''
    ? new Invalid(clause, { code: 'invalid_input', params: { ...rule } })
    : new Invalid(`${field}：${clause}`, { code: 'invalid', params: { field, ...rule } })
}
