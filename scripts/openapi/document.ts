import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import { shownErrorCode, shownErrorParams, shownText } from '../../shared/answer-schema.ts'
import manifest from '../../package.json' with { type: 'json' }
import { addExamples } from './add-examples.ts'
import { writeRule } from './fields.ts'
import { describeOperation } from './operation.ts'
import { shareResponses } from './share-responses.ts'
import { readRoutes, type DescribedRoute } from './routes.ts'

const DESCRIPTION = `Every answer is JSON: \`{"state": 1, …}\`, or for a failure \`{"state": 0, "errmsg", "code", "params"}\`; the webhook says \`status\` in place of \`state\`. Parameters come from the query and, on POST and PUT, from the JSON body as well, which wins; numbers may arrive as numeric text. Everything belongs to the account set (账套) that the token stands for. The rules for bodies, times, money, paging and limits: docs/api.md.

With \`NUXT_LEGACY_STATUS=true\` failures answer 200, and the header \`X-Status\` tells the status. An unknown path under /api is a 404 \`route_not_found\`, another method a 405 \`method_not_allowed\`; what is no proper HTTP request is told as 400, 408, 417 or 431 in the same form.`

const PERMISSIONS = 'The role of a security requirement is the permission that it takes: view, edit, create or delete.'

/** The tokens that routes ask for. */
const SECURITY_SCHEMES = {
  session: { type: 'apiKey', in: 'header', name: 'Token', description: `A session’s token. ${PERMISSIONS}` },
  local: { type: 'apiKey', in: 'header', name: 'Token', description: 'The account set’s local token.' },
  c8: { type: 'apiKey', in: 'header', name: 'Token', description: 'The caller’s token at C8.' },
  metrics: { type: 'http', scheme: 'bearer', description: 'NUXT_METRICS_TOKEN.' },
} as const

function failureSchema(flag: 'state' | 'status') {
  return z.object({
    [flag]: z.literal(0),
    // Beside `status`, for old front ends.
    ...(flag === 'status' ? { state: z.literal(0).optional() } : {}),
    errmsg: shownText('货柜 10086 还没有配置，请先在“货柜”里配置它', 'In Chinese: what happened and what to do next.'),
    code: shownErrorCode(),
    params: shownErrorParams().optional(),
  })
}

function pathsOf(routes: DescribedRoute[]): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {}
  for (const route of routes) {
    const operation: ZodOpenApiOperationObject = describeOperation(route)
    paths[route.path] = { ...paths[route.path], [route.method]: operation }
  }
  return paths
}

/** The description of the API, made of what the routes tell of themselves. */
async function makeDocument(): Promise<object> {
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'goBox',
        version: manifest.version,
        description: DESCRIPTION,
        license: { name: manifest.license, identifier: manifest.license },
      },
      servers: [{ url: '/' }],
      security: [{ session: [] }],
      paths: pathsOf(await readRoutes()),
      components: {
        securitySchemes: SECURITY_SCHEMES,
        schemas: { Failure: failureSchema('state'), MessageFailure: failureSchema('status') },
      },
    },
    { override: writeRule, allowEmptySchema: { transform: true } },
  )
  return shareResponses(addExamples(document))
}

/** The same as the text that docs/openapi.json holds and the server answers. */
export async function makeText(): Promise<string> {
  return `${JSON.stringify(await makeDocument(), null, 1)}\n`
}
