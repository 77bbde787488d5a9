import { z } from 'zod'
import type { ZodOpenApiOperationObject } from 'zod-openapi'
import { shownDate } from '../../shared/answer-schema.ts'
import type { Permission } from '../../shared/permissions.ts'
import type { ActionDescription } from '../../server/http/describe-route.ts'
import { isRequired } from './fields.ts'
import { failureResponse, failuresOf, type FailureFlag } from './failures.ts'
import type { DescribedRoute } from './routes.ts'

/** A name of `action`, `null` for what is done without one, and what is done. */
type Action = [string | null, ActionDescription]
type Shape = Record<string, z.ZodType>

/** The fields of an input, also of one that is checked or transformed further as a whole. */
function shapeOf(input: z.ZodType | undefined): Shape {
  if (input instanceof z.ZodPipe) return shapeOf(input.in as z.ZodType)
  return (input as z.ZodObject | undefined)?.shape ?? {}
}

const pascal = (name: string) => name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())

const named = new Map<ActionDescription, z.ZodType>()

/** An action's answer under its name: GET and POST may share an action. */
function namedAnswer(name: string | null, described: ActionDescription, operationId: string): z.ZodType {
  const known = named.get(described) ?? wireAnswer(described).meta({ id: answerName(name, operationId) })
  named.set(described, known)
  return known
}

const answerName = (action: string | null, operationId: string) => `${pascal(action ?? operationId)}Answer`

/** An answer as it goes over the wire: beside `state`, and where a list may be cut off, whether it was. */
function wireAnswer({ answer, isBare, token }: ActionDescription): z.ZodType {
  if (isBare) return z.looseObject({ openapi: z.string().meta({ examples: ['3.1.0'] }) })
  const flag = token === 'local' ? 'status' : 'state'
  const fields = answer ? (answer() as unknown as z.ZodObject).shape : {}
  const isCut = Object.entries(fields).some(([name, field]) => name !== 'root' && field instanceof z.ZodArray)
  const truncated = z
    .literal(true)
    .optional()
    .meta({ description: 'A list was cut off: the answer would be too large.' })
  const old = z.literal(1).optional().meta({ description: 'Beside `status`, with `NUXT_LEGACY_STATUS`.' })
  const shape = {
    [flag]: z.literal(1),
    ...(flag === 'status' ? { state: old } : {}),
    ...fields,
    ...(isCut ? { truncated } : {}),
  }
  const isLoose = answer && (answer() as unknown as z.ZodObject).def.catchall?._zod.def.type === 'unknown'
  return isLoose ? z.looseObject(shape) : z.object(shape)
}

function successOf(actions: Action[], operationId: string) {
  const [[name, first]] = actions as [Action]
  if (first.media) {
    const event = first.answer && { $ref: `#/components/schemas/${first.answer().meta()!.id}` }
    const text = z.string().meta({ override: { type: 'string' }, examples: [event ? 'data: {…}' : '…'] })
    const content = first.media.map((type) => [type, { schema: text, ...(event ? { 'x-event': event } : {}) }] as const)
    return { description: 'Success', content: Object.fromEntries(content) }
  }
  const isSingle = name === null && actions.length === 1
  const schemas = actions.map(([action, described]) =>
    isSingle ? wireAnswer(described) : namedAnswer(action, described, operationId),
  )
  const schema =
    schemas.length === 1 ? schemas[0]! : z.union(schemas as [z.ZodType, z.ZodType]).meta({ unionOneOf: false })
  return { description: 'Success', content: { 'application/json': { schema } } }
}

/** The parameter that says what to do. */
function choiceOf(actions: Action[]): Shape {
  const names = actions.map(([name]) => name).filter((name) => name !== null)
  if (names.length === 0) return {}
  const choice = z.enum(names as [string, ...string[]])
  return { action: names.length < actions.length ? choice.optional() : choice }
}

/** What a path names. */
function pathShape(path: string): Shape {
  return {
    ...(path.includes('{date}') ? { date: shownDate() } : {}),
    ...(path.includes('{id}') ? { id: z.int().min(1) } : {}),
  }
}

/** All parameters of all actions; those that not every action knows are optional. */
function inputOf(actions: Action[]): z.ZodObject | undefined {
  const shape: Shape = {}
  for (const [, { input }] of actions)
    for (const [name, field] of Object.entries(shapeOf(input)))
      shape[name] ??= actions.length > 1 ? z.optional(field) : field
  return Object.keys(shape).length === 0 ? undefined : z.object(shape)
}

/** The fields as parameters of a query, which say by themselves whether they must be given. */
function asQuery(shape: Shape = {}): Shape {
  const entries = Object.entries(shape).map(([name, field]) => {
    const param = { required: true as const }
    return [name, isRequired(field) ? field.meta({ ...field.meta(), param }) : field] as const
  })
  return Object.fromEntries(entries)
}

/** A body, with the example that its schema has as a whole. */
function bodyOf(schema: z.ZodObject, given: z.ZodType | undefined) {
  const examples = given?.meta()?.examples
  return { content: { 'application/json': { schema, ...(examples ? { example: examples[0] } : {}) } } }
}

const bitsOf = { view: 1, edit: 2, create: 4, delete: 8 }

/** The permissions of which an action takes one. */
function permissionsOf({ permission }: ActionDescription): readonly Permission[] {
  if (typeof permission === 'function') return permission({})
  return permission ? [permission] : []
}

function permissionText(described: ActionDescription) {
  const names = permissionsOf(described).map((permission) => `${permission} (${bitsOf[permission]})`)
  if (names.length === 0) return 'Permission: none.'
  return `Permission: ${names.join(' or ')}${names.length > 1 ? ', by what is to be done' : ''}.`
}

function describeActions(actions: Action[]): string {
  if (actions.length === 1 && actions[0]![0] === null) return permissionText(actions[0]![1])
  const lines = actions.map(([name, described]) => {
    const fields = Object.keys(shapeOf(described.input))
    const takes = fields.length > 0 ? ` Parameters: ${fields.map((field) => `\`${field}\``).join(', ')}.` : ''
    const title = name === null ? 'Without `action`' : `\`action=${name}\``
    return `- ${title}: ${described.summary}. ${permissionText(described)}${takes}`
  })
  return lines.join('\n')
}

function securityOf(actions: Action[]) {
  return actions.flatMap(([, described]) => {
    const { token = 'session' } = described
    if (token === 'none') return [{}]
    if (token === 'optional') return [{}, { session: [] }]
    const permissions = permissionsOf(described)
    return permissions.length === 0 ? [{ [token]: [] }] : permissions.map((permission) => ({ [token]: [permission] }))
  })
}

function flagOf(token: ActionDescription['token']): FailureFlag {
  if (token === 'metrics') return 'none'
  return token === 'local' ? 'status' : 'state'
}

/** One method of one path, with everything that it does by `action`. */
export function describeOperation({ method, path, description }: DescribedRoute): ZodOpenApiOperationObject {
  const { none, actions: byName = {} } = description
  const actions: Action[] = [...Object.entries(byName), ...(none ? [[null, none] as Action] : [])]
  const hasBody = method === 'post' || method === 'put'
  const input = inputOf(actions)
  const byAction = Object.keys(byName).length > 0
  const flag = flagOf(none?.token)
  const failures = failuresOf(
    actions.map(([, described]) => described),
    { path, hasBody, byAction },
  )
  const security = securityOf(actions)
  const operationId = `${method}${pascal(path.replace('/api/', '').replaceAll(/\W+/g, '_').replace(/_$/, ''))}`
  return {
    operationId,
    tags: [path.replace('/api', '').split('/')[1]!],
    summary: (none ?? actions[0]![1]).summary + (byAction ? ', and more by `action`' : ''),
    description: describeActions(actions),
    security: security.filter((one, index) => security.findIndex((other) => same(one, other)) === index),
    requestParams: {
      path: z.object(pathShape(path)),
      ...(byAction || (input && !hasBody)
        ? { query: z.object({ ...choiceOf(actions), ...(hasBody ? {} : asQuery(input?.shape)) }) }
        : {}),
    },
    ...(input && hasBody ? { requestBody: bodyOf(input, none?.input) } : {}),
    responses: {
      200: successOf(actions, operationId),
      ...Object.fromEntries([...failures].map(([status, codes]) => [status, failureResponse(status, codes, flag)])),
    },
    ...(byAction
      ? { 'x-actions': Object.fromEntries(actions.map((action) => describeAction(action, operationId))) }
      : {}),
  }
}

function describeAction([name, { summary, permission, input }]: Action, operationId: string) {
  const answer = { $ref: `#/components/schemas/${answerName(name, operationId)}` }
  return [name ?? '', { summary, permission, parameters: Object.keys(shapeOf(input)), answer }]
}

const same = (one: object, other: object) => JSON.stringify(one) === JSON.stringify(other)
