import type { Socket } from 'node:net'
import { defineEventHandler, type H3Event } from 'h3'
import type { z } from 'zod'
import type { AnswerSchema } from '#shared/answer-schema'
import { isPermitted, type Permission } from '#shared/permissions'
import type { Actor } from '../repositories/audit.ts'
import type { SessionRecord } from '../repositories/sessions.ts'
import { judgeRefusal } from '../services/c8-refusal.ts'
import { sendAnswer } from './answer.ts'
import { clientAddress } from './client-address.ts'
import { clientOf } from './client-left.ts'
import { describeRoute, type ActionDescription, type PermissionChoice } from './describe-route.ts'
import { takePlace, type PlaceKind } from './places.ts'
import { DomainError, Forbidden, invalidField, invalidInput, SessionEnded, Unauthorized } from '../errors.ts'
import { readParameters, readQuery } from './request.ts'

const PERMISSION_NAMES: Record<Permission, string> = {
  view: '查看',
  edit: '修改',
  create: '新建和导入',
  delete: '删除',
}

/** What a handler works with: the checked input, who asks, and the request. */
export interface ApiContext<Input> {
  input: Input
  session: SessionRecord
  event: H3Event
  /** Who asks, for the audit. */
  by: Actor
  /** Aborts when the client has left; for work that only reads. */
  client: AbortSignal
}

/** An answer of which a list may come as slices, which are read while they are encoded. */
type Sliced<Answer> = {
  [Name in keyof Answer]: Answer[Name] extends (infer Row)[] ? Answer[Name] | AsyncIterable<Row[]> : Answer[Name]
}

/**
 * One thing a route can do: the permission it takes, the input it reads, and the work, which answers the fields beside
 * `state` as the schema `answer` has them.
 */
export interface ApiAction<Input = unknown, Answer = unknown> extends Omit<ActionDescription, 'token' | 'media'> {
  permission: Permission | PermissionChoice
  input?: z.ZodType<Input>
  place?: (input: Input) => PlaceKind | undefined
  answer?: AnswerSchema<Answer>
  run: (context: ApiContext<Input>) => Promise<Sliced<NoInfer<Answer>>>
}

/** Types an action by its own schemas. */
export function action<Input, Answer = void>(definition: ApiAction<Input, Answer>): ApiAction {
  return definition as ApiAction
}

/** The session that the middleware found. Throws Unauthorized if a request came past it. */
export function requireSession(event: H3Event): SessionRecord {
  const { session } = event.context
  if (!session) throw new Unauthorized('缺少 Token，请先登录', { code: 'token_missing' })
  return session
}

/** Throws Forbidden if the session lacks the permission. */
export function checkPermission(session: SessionRecord, permission: Permission) {
  if (!isPermitted(session.accessLevel, permission))
    throw new Forbidden(`您没有“${PERMISSION_NAMES[permission]}”的权限，请联系管理员`, {
      code: 'permission_missing',
      params: { permission },
    })
}

/** Throws Forbidden if the session has none of these permissions. */
function checkAny(session: SessionRecord, permissions: readonly Permission[]) {
  if (!permissions.some((permission) => isPermitted(session.accessLevel, permission)))
    checkPermission(session, permissions[0]!)
}

/** Checks input against a schema. Throws Invalid, which names the field. */
export function parseInput<Input>(schema: z.ZodType<Input>, values: unknown): Input {
  const parsed = schema.safeParse(values)
  if (!parsed.success) throw invalidInput(parsed.error)
  return parsed.data
}

/** Who asks, as the audit names them. */
export function actorOf(
  { setOfBookId, userName }: Pick<SessionRecord, 'setOfBookId' | 'userName'>,
  event: H3Event,
): Actor {
  return { setOfBookId, user: userName, address: clientAddress(event.node.req) }
}

/** Milliseconds without a byte: an import keeps its caller waiting for many steps of C8. */
const WAITING = 600_000

/** Runs `work`, for which the client may have to wait longer than connections live on otherwise. */
async function keepConnected<T>(socket: Socket, work: Promise<T>): Promise<T> {
  const usual = socket.timeout ?? 0
  socket.setTimeout(Math.max(usual, WAITING))
  return work.finally(() => socket.setTimeout(usual))
}

async function perform(
  { permission, input, place, run }: ApiAction,
  event: H3Event,
  values: () => Promise<Record<string, unknown>>,
) {
  const session = requireSession(event)
  // Before the body is read: what cannot be read must not hide that the permission is missing.
  if (typeof permission === 'string') checkPermission(session, permission)
  else checkAny(session, permission({}))
  const { req: request, res: response } = event.node
  const given = await values()
  if (typeof permission === 'function') checkAny(session, permission(given))
  const context: ApiContext<unknown> = {
    input: input && parseInput(input, given),
    session,
    event,
    by: actorOf(session, event),
    client: clientOf(response),
  }
  const kind = place?.(context.input)
  const leave = kind && takePlace(kind, session.id)
  try {
    const fields = await keepConnected(request.socket, run(context))
    await sendAnswer(response, session.id, { ...fields })
  } catch (error) {
    throw error instanceof SessionEnded ? await judgeRefusal(session, error) : error
  } finally {
    leave?.()
  }
}

/** A route that does one thing. */
export function defineApi<Input, Answer = void>(definition: ApiAction<Input, Answer>) {
  const none = definition as ApiAction
  return describeRoute(
    { none },
    defineEventHandler((event) => perform(none, event, () => readParameters(event))),
  )
}

/** A route whose `action` parameter says what to do; `none` is done when it is not given. */
export function defineActions(actions: Record<string, ApiAction>, none?: ApiAction) {
  const handler = defineEventHandler(async (event) => {
    requireSession(event)
    // An unreadable body must not hide that the permission is missing, which comes first.
    const parameters = await readParameters(event).catch((error: unknown) => {
      if (error instanceof DomainError) return error
      throw error
    })
    const name = parameters instanceof DomainError ? nameInQuery(event) : parameters.action
    const chosen =
      name === undefined ? none : typeof name === 'string' && Object.hasOwn(actions, name) ? actions[name] : undefined
    if (!chosen) {
      const choices = Object.keys(actions).join('、')
      throw invalidField('action', `必须是 ${choices} 之一`, { rule: 'choice', choices })
    }
    return perform(chosen, event, async () => {
      if (parameters instanceof DomainError) throw parameters
      return parameters
    })
  })
  return describeRoute({ none, actions }, handler)
}

function nameInQuery(event: H3Event): unknown {
  try {
    return readQuery(event.path)?.action
  } catch {
    return undefined
  }
}
