import type { ZodError } from 'zod'

/**
 * What a request can fail with. The message is Chinese, for the person at the screen, and says what to do next; the cause is
 * for the log only. The status numbers are contract.md's, section 1.
 */
export class DomainError extends Error {
  /** h3 hands such errors on as they are; any other it replaces by its cause. */
  static readonly __h3_error__ = true
  readonly status: number = 500
  readonly headers: Record<string, string> = {}
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
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
    super(`此地址只接受 ${allow.join('、')} 请求`)
    this.headers = { Allow: allow.join(', ') }
  }
}

/** Too many wrong tokens or failed log-ins from one address. */
export class TooMany extends DomainError {
  override readonly status = 429
  override readonly headers: Record<string, string>
  constructor(message: string, retryAfterSeconds: number) {
    super(message)
    this.headers = { 'Retry-After': String(retryAfterSeconds) }
  }
}

/**
 * An upstream did not answer as it should; the call may be tried again. `unanswered`: the call may have reached the upstream and
 * may still take effect there.
 */
export class UpstreamBroken extends DomainError {
  override readonly status: number = 502
  readonly unanswered: boolean
  constructor(message: string, unanswered: boolean, options?: ErrorOptions) {
    super(message, options)
    this.unanswered = unanswered
  }
}

/** The upstream did not answer in time. */
export class UpstreamTimeout extends UpstreamBroken {
  override readonly status = 504
  constructor(message: string, options?: ErrorOptions) {
    super(message, true, options)
  }
}

/** The first issue of a failed parse as `field：clause`, e.g. `products.0.num：必须是大于 0 的数`. */
export function describeIssue(error: ZodError): string {
  const issue = error.issues[0]!
  return issue.path.length > 0 ? `${issue.path.join('.')}：${issue.message}` : issue.message
}
