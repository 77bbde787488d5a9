import type { ErrorCode } from '../../shared/error-codes.ts'
import { ERROR_CODES } from '../../shared/error-codes.ts'
import type { ActionDescription, Failure } from '../../server/http/describe-route.ts'
import en from '../../i18n/errors/en.json' with { type: 'json' }
import zh from '../../i18n/errors/zh.json' with { type: 'json' }

/** Every failure of a route: codes by status. */
export type Failures = Map<number, Set<ErrorCode>>

const ALWAYS: readonly (Failure | `${400 | 500} ${ErrorCode}`)[] = [
  '400 bad_request',
  '400 malformed_request',
  '400 parameter_repeated',
  '500 internal',
  '503 database_damaged',
  '503 database_unavailable',
  '503 stopping',
  '503 storage_unavailable',
  '429 too_many_requests',
]
const WITH_INPUT = ['400 invalid', '400 invalid_input', '400 text_unstorable']
const WITH_BODY = [
  '400 body_not_json',
  '400 body_not_object',
  '400 body_not_utf8',
  '400 body_too_deep',
  '400 request_aborted',
  '413 body_too_large',
  '415 unsupported_media_type',
]
const OF_TOKEN = {
  session: ['401 token_missing', '401 session_ended', '403 cross_site', '429 too_many_wrong_tokens'],
  local: ['401 token_missing', '429 too_many_wrong_tokens'],
  c8: ['401 token_missing', '403 cross_site'],
  metrics: ['401 metrics_token_missing', '401 metrics_token_wrong', '429 too_many_wrong_tokens'],
  optional: ['401 token_missing', '401 session_ended', '429 too_many_wrong_tokens'],
  none: [],
}
const OF_PLACE = {
  stream: '429 too_many_streams',
  export: '429 too_many_exports',
  search: '429 too_many_searches',
  request: '429 too_many_requests',
}

/** What an action of a route can fail with: what all of its kind do, and its own. */
function listFailures(
  { token = 'session', permission, input, place, errors = [] }: ActionDescription,
  { path, hasBody }: { path: string; hasBody: boolean },
): string[] {
  return [
    ...ALWAYS,
    ...OF_TOKEN[token],
    ...(permission ? ['403 permission_missing'] : []),
    ...(input ? WITH_INPUT : []),
    ...(hasBody ? WITH_BODY : []),
    ...(path.includes('{id}') ? ['404 not_found'] : []),
    ...(path.includes('{date}') ? ['404 date_not_found'] : []),
    ...(place === undefined ? [] : [OF_PLACE[typeof place === 'string' ? place : 'search']]),
    ...errors,
  ]
}

/** What a route can fail with, whatever it is asked to do. */
export function failuresOf(
  actions: ActionDescription[],
  route: { path: string; hasBody: boolean; byAction: boolean },
): Failures {
  const all = actions.flatMap((action) => listFailures(action, route))
  const failures: Failures = new Map()
  for (const failure of [...all, ...(route.byAction ? ['400 invalid'] : [])]) {
    const [status, code] = failure.split(' ') as [string, ErrorCode]
    if (!ERROR_CODES.includes(code)) throw new Error(`there is no code ${code}`)
    failures.set(Number(status), (failures.get(Number(status)) ?? new Set()).add(code))
  }
  return new Map([...failures].sort(([a], [b]) => a - b))
}

const NAMES: Record<number, string> = {
  400: 'Malformed or invalid input.',
  401: 'No valid token.',
  403: 'Not permitted.',
  404: 'Not there, or another account set’s.',
  409: 'Conflicts with the present state.',
  413: 'The body is over the limit.',
  415: 'Not JSON.',
  422: 'Understood, but a business rule or an upstream refuses.',
  429: 'Too many.',
  500: 'A bug.',
  502: 'An upstream is broken.',
  503: 'Shutting down, or storage is unavailable.',
  504: 'An upstream is too slow.',
}

/** A failing answer's body: plain text, or the envelope with this flag. */
function failureContent(list: ErrorCode[], flag: FailureFlag) {
  const errmsg = zh.codes[list[0]!]
  if (flag === 'none') return { 'text/plain': { schema: { type: 'string' as const }, example: errmsg } }
  const schema = {
    allOf: [
      { $ref: `#/components/schemas/${flag === 'state' ? 'Failure' : 'MessageFailure'}` },
      { type: 'object' as const, properties: { code: { enum: list } } },
    ],
  }
  return { 'application/json': { schema, example: { [flag]: 0, errmsg, code: list[0] } } }
}

/** The name of the envelope's flag; `none` where failures are plain text. */
export type FailureFlag = 'state' | 'status' | 'none'

/** A failing answer: its codes with what they mean, and an example. */
export function failureResponse(status: number, codes: Set<ErrorCode>, flag: FailureFlag) {
  const list = [...codes].sort()
  const meanings = list.map((code) => `- \`${code}\`: ${en.codes[code]}`)
  return {
    description: `${NAMES[status]}\n\n${meanings.join('\n')}`,
    ...(status === 429 ? { headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' } } } : {}),
    content: failureContent(list, flag),
  }
}
