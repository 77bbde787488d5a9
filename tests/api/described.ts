import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect } from 'vitest'

interface Response {
  $ref?: string
}
interface Operation {
  responses: Record<string, Response>
  'x-actions'?: Record<string, { answer: { $ref: string } }>
}
interface Document {
  paths: Record<string, Record<string, Operation>>
}

/** The description of the API, which tests/unit/scripts/openapi.test.ts holds to the routes. */
const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as Document
const ajv = new Ajv2020({ strict: false })
ajv.addSchema(document, 'api')

const patterns = Object.keys(document.paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}))

/** What no route answers, but the server in front of them. */
const IN_FRONT = new Set([405, 408, 417, 431])

const validators = new Map<string, ValidateFunction>()

function validatorOf(pointer: string): ValidateFunction {
  const known = validators.get(pointer) ?? ajv.compile({ $ref: `api${pointer}` })
  validators.set(pointer, known)
  return known
}

const escape = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')

function pointerOf(path: string, method: string, operation: Operation, status: number, action: string | null) {
  const described = status === 200 ? operation['x-actions']?.[action ?? ''] : undefined
  if (described) return described.answer.$ref
  const response = operation.responses[status]
  expect(response, `docs/openapi.json tells of no ${status} of ${method} ${path}`).toBeDefined()
  const own = `#/paths/${escape(path)}/${method}/responses/${status}`
  return `${response!.$ref ?? own}/content/application~1json/schema`
}

/** Holds an answer of a route to what the description of the API says of it. */
export function expectDescribed(request: { method: string; url: string }, status: number, body: unknown) {
  const { pathname, searchParams } = new URL(request.url)
  // An exact path goes before a pattern, as in the router.
  const { path } =
    patterns.find(({ path }) => path === pathname) ?? patterns.find(({ pattern }) => pattern.test(pathname)) ?? {}
  const method = request.method.toLowerCase()
  const operation = path === undefined ? undefined : document.paths[path]![method]
  if (path === undefined || !operation || IN_FRONT.has(status)) return
  const pointer = pointerOf(path, method, operation, status, searchParams.get('action'))
  const validate = validatorOf(pointer)
  if (!validate(body))
    expect.fail(`${request.method} ${request.url} answers ${status} otherwise than docs/openapi.json says:
${ajv.errorsText(validate.errors)}
${JSON.stringify(body).slice(0, 2000)}`)
}
