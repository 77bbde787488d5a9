import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { resolve } from '../../../scripts/openapi/examples.ts'
import { routeFiles } from '../../api/security/route-files.ts'

interface Content {
  content: Record<string, { schema: object; example?: unknown }>
}
interface Operation {
  summary: string
  description: string
  security: Record<string, string[]>[]
  parameters?: { name: string; required?: true; schema: { default?: unknown }; example?: unknown }[]
  requestBody?: Content
  responses: Record<string, { $ref?: string }>
  'x-actions'?: Record<string, unknown>
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
}

let text: string
let document: Document
let ajv: Ajv2020

beforeAll(() => {
  text = execFileSync(process.execPath, ['scripts/openapi.ts', '--print'], { encoding: 'utf8', maxBuffer: 2 ** 24 })
  document = JSON.parse(text) as Document
  ajv = new Ajv2020({ strict: false })
  ajv.addSchema(document, 'api')
})

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  )

/** The schema within the document, so that its references lead somewhere. */
const fits = (schema: object, example: unknown) => {
  const validate = ajv.compile(rooted(schema))
  return validate(example) ? [] : [ajv.errorsText(validate.errors)]
}
const rooted = (schema: object) => JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object

it('is what docs/openapi.json holds: npm run openapi writes it', () => {
  expect(readFileSync('docs/openapi.json', 'utf8') === text, 'docs/openapi.json is stale: npm run openapi').toBe(true)
})

describe('the description of the API', () => {
  it('is OpenAPI 3.1', () => expect(document.openapi).toBe('3.1.0'))

  it('has every route file with all its actions, and nothing else', () => {
    const described = operations().flatMap(({ name, operation }) => {
      const actions = Object.keys(operation['x-actions'] ?? {}).filter((action) => action !== '')
      return actions.length > 0 ? actions.map((action) => `${name}?action=${action}`) : [name]
    })
    const files = routeFiles.flatMap(({ method, path, queries }) =>
      queries.map((query) => `${method} ${path.replaceAll(/\[(\w+)\]/g, '{$1}')}${query}`),
    )
    // Of a route that takes orderActions beside its own, the files tell only the former.
    expect(described.filter((name) => !/preview_import$|handle_refund$/.test(name)).sort()).toEqual(
      [...files, 'GET /metrics'].sort(),
    )
  })

  it('tells of each what it does, who may, what can go wrong, and gives examples', () => {
    for (const { name, operation } of operations()) {
      expect(operation.summary, name).toMatch(/^[A-Z].{5,}/)
      expect(operation.description, name).toMatch(/Permission: (?:view|edit|create|delete|none)/)
      expect(operation.security.length, name).toBeGreaterThan(0)
      expect(Object.keys(operation.responses), name).toEqual(expect.arrayContaining(['200', '400', '500', '503']))
      if (operation.security.some(({ session }) => session)) expect(operation.responses, name).toHaveProperty('401')
      if (operation.security.some(({ session }) => session?.length))
        expect(operation.responses, name).toHaveProperty('403')
    }
  })

  it('tells which parameters must be given, and what the others count as', () => {
    const parametersOf = (path: string) =>
      Object.fromEntries(
        document.paths[path]!.get!.parameters!.map(({ name, required, schema }) => [name, required ?? schema.default]),
      )
    expect(parametersOf('/api/access_token')).toEqual({ url: true, set_of_book: true, user_name: undefined })
    expect(parametersOf('/api/devices')).toMatchObject({ name: undefined, start: 0, limit: 50 })
    expect(parametersOf('/api/orders')).toMatchObject({ action: true, page: 1, start_date: undefined })
  })

  it('says that the health check needs no token but takes a session’s', () => {
    expect(document.paths['/api/health']!.get!.security).toEqual([{}, { session: [] }])
    expect(document.paths['/api/health/live']!.get!.security).toEqual([{}])
  })

  it('gives only examples that fit their schemas', () => {
    const wrong = operations().flatMap(({ name, operation }) => {
      const responses = Object.values(operation.responses).map((response) =>
        response.$ref ? (resolve(document, response.$ref) as Content) : (response as unknown as Content),
      )
      const media = [operation.requestBody, ...responses].flatMap((one) => Object.values(one?.content ?? {}))
      return [...(operation.parameters ?? []), ...media].flatMap(({ schema, example }) =>
        example === undefined ? [`${name}: no example`] : fits(schema, example).map((error) => `${name}: ${error}`),
      )
    })
    expect(wrong).toEqual([])
  })
})
