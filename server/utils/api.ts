import { defineEventHandler, type H3Event } from 'h3'
import type { z } from 'zod'
import { isPermitted, type Permission } from '#shared/permissions'
import type { Actor } from '../repositories/audit.ts'
import type { SessionRecord } from '../repositories/sessions.ts'
import { judgeRefusal } from '../services/c8-refusal.ts'
import { clientAddress } from './client-address.ts'
import { describeIssue, DomainError, Forbidden, Invalid, SessionEnded, Unauthorized } from './errors.ts'
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
}

/** One thing a route can do: the permission it takes, the input it reads, and the work, which answers the fields beside `state`. */
export interface ApiAction<Input = unknown> {
  permission: Permission
  input?: z.ZodType<Input>
  run: (context: ApiContext<Input>) => Promise<object | void>
}

/** Types an action by its own input schema. */
export function action<Input>(definition: ApiAction<Input>): ApiAction {
  return definition as ApiAction
}

/** The session that the middleware found. Throws Unauthorized if a request came past it. */
export function requireSession(event: H3Event): SessionRecord {
  const { session } = event.context
  if (!session) throw new Unauthorized('请先登录')
  return session
}

/** Throws Forbidden if the session lacks the permission. */
export function checkPermission(session: SessionRecord, permission: Permission) {
  if (!isPermitted(session.accessLevel, permission))
    throw new Forbidden(`您没有“${PERMISSION_NAMES[permission]}”的权限，请联系管理员`)
}

/** Checks input against a schema. Throws Invalid, which names the field. */
export function parseInput<Input>(schema: z.ZodType<Input>, values: unknown): Input {
  const parsed = schema.safeParse(values)
  if (!parsed.success) throw new Invalid(describeIssue(parsed.error))
  return parsed.data
}

/** Who asks, as the audit names them. */
export function actorOf(
  { setOfBookId, userName }: Pick<SessionRecord, 'setOfBookId' | 'userName'>,
  event: H3Event,
): Actor {
  return { setOfBookId, user: userName, address: clientAddress(event.node.req) }
}

async function perform(
  { permission, input, run }: ApiAction,
  event: H3Event,
  values: () => Promise<Record<string, unknown>>,
) {
  const session = requireSession(event)
  checkPermission(session, permission)
  const given = await values()
  const context = { input: input && parseInput(input, given), session, event, by: actorOf(session, event) }
  return {
    state: 1,
    ...(await run(context).catch(async (error: unknown) => {
      throw error instanceof SessionEnded ? await judgeRefusal(session, error) : error
    })),
  }
}

/** A route that does one thing. */
export function defineApi<Input>(definition: ApiAction<Input>) {
  return defineEventHandler((event) => perform(definition as ApiAction, event, () => readParameters(event)))
}

/** A route whose `action` parameter says what to do; `none` is done when it is not given. */
export function defineActions(actions: Record<string, ApiAction>, none?: ApiAction) {
  return defineEventHandler(async (event) => {
    requireSession(event)
    // An unreadable body must not hide that the permission is missing, which comes first.
    const parameters = await readParameters(event).catch((error: unknown) => {
      if (error instanceof DomainError) return error
      throw error
    })
    const name = parameters instanceof DomainError ? nameInQuery(event) : parameters.action
    const chosen =
      name === undefined ? none : typeof name === 'string' && Object.hasOwn(actions, name) ? actions[name] : undefined
    if (!chosen) throw new Invalid(`action：必须是 ${Object.keys(actions).join('、')} 之一`)
    return perform(chosen, event, async () => {
      if (parameters instanceof DomainError) throw parameters
      return parameters
    })
  })
}

function nameInQuery(event: H3Event): unknown {
  try {
    return readQuery(event.path)?.action
  } catch {
    return undefined
  }
}
