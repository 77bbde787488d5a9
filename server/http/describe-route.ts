import type { EventHandler } from 'h3'
import type { z } from 'zod'
import type { AnswerSchema } from '#shared/answer-schema'
import type { ErrorCode } from '#shared/error-codes'
import type { Permission } from '#shared/permissions'
import type { PlaceKind } from './places.ts'

/** A failure of a route's own, beside those that every route of its kind has: status and code. */
export type Failure = `${400 | 401 | 403 | 404 | 409 | 422 | 429 | 502 | 503 | 504} ${ErrorCode}`

/** What any upstream that is broken or slow makes of a request. */
export const UPSTREAM_FAULTS = [
  '502 upstream_disconnected',
  '502 upstream_faulty',
  '502 upstream_redirects',
  '502 upstream_too_large',
  '502 upstream_unreachable',
  '502 upstream_unreadable',
  '504 upstream_timeout',
] as const satisfies Failure[]

/** What asking any upstream can fail with. */
export const UPSTREAM_FAILURES = [
  '422 upstream_refuses',
  '422 upstream_not_allowed',
  '422 number_out_of_range',
  ...UPSTREAM_FAULTS,
] as const satisfies Failure[]

/** What asking C8 can fail with. */
export const C8_FAILURES = [
  '422 c8_session_ended',
  '422 c8_step_denied',
  ...UPSTREAM_FAILURES,
] as const satisfies Failure[]

/** What asking goBox can fail with. */
export const GOBOX_FAILURES = [
  '422 gobox_url_missing',
  '422 credentials_refused',
  ...UPSTREAM_FAILURES,
] as const satisfies Failure[]

/** The permissions of which one will do, by what is asked for. */
export type PermissionChoice = (values: Record<string, unknown>) => readonly Permission[]

/** The description of a route or of one of its actions, the source of docs/openapi.json. */
export interface ActionDescription {
  /** What it does, as a sentence without its subject. */
  summary: string
  /**
   * Whose token it asks for in the header `Token`, but for that of the metrics; by default a session's, which is
   * `optional` where it only makes the answer longer.
   */
  token?: 'session' | 'optional' | 'local' | 'c8' | 'metrics' | 'none'
  permission?: Permission | PermissionChoice
  /** The parameters, from the query and, on POST and PUT, the body. */
  input?: z.ZodType
  /** The place that the work takes, of which a session has a few. */
  place?: PlaceKind | ((input: never) => PlaceKind | undefined)
  /** The fields beside `state`; none by default. */
  answer?: AnswerSchema
  /** The types of an answer that is no JSON; an `answer` says then what each event of a stream holds. */
  media?: readonly string[]
  errors?: readonly Failure[]
  /** The answer is a document of another making, without `state`. */
  isBare?: boolean
}

export interface RouteDescription {
  /** What the route does where no action is named. */
  none?: ActionDescription
  /** What it does by the parameter `action`. */
  actions?: Record<string, ActionDescription>
}

const descriptions = new WeakMap<EventHandler, RouteDescription>()

/** Attaches a description to a route; returns the route. */
export function describeRoute<Handler extends EventHandler>(description: RouteDescription, handler: Handler): Handler {
  descriptions.set(handler, description)
  return handler
}

/** The description of a route; `undefined` if it has none. */
export function descriptionOf(handler: EventHandler): RouteDescription | undefined {
  return descriptions.get(handler)
}
