export interface ApiSchema {
  $ref?: string
  type?: string | string[]
  description?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: ApiSchema[]
  allOf?: ApiSchema[]
  items?: ApiSchema
  properties?: Record<string, ApiSchema>
  required?: string[]
}
interface Media {
  schema: ApiSchema
  example?: unknown
}
export interface ApiResponse {
  $ref?: string
  description: string
  content?: Record<string, Media>
}
export interface ApiOperation {
  operationId: string
  tags: string[]
  summary: string
  description: string
  parameters?: { in: string; name: string; required?: boolean; schema: ApiSchema; example?: unknown }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, ApiResponse>
}
interface ApiDocument {
  info: { title: string; version: string; description: string }
  paths: Record<string, Record<string, ApiOperation>>
  components: { schemas: Record<string, ApiSchema>; responses: Record<string, ApiResponse> }
}

/** One field of a schema, in words. */
export interface ApiField {
  name: string
  type: string
  isRequired: boolean
  text: string
}

const nameOf = (reference: string) => reference.split('/').at(-1)!

/** A schema's type in words: `string | null`, `OrderLine[]`, `0 | 1`. */
export function apiType(schema: ApiSchema): string {
  if (schema.$ref) return nameOf(schema.$ref)
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return schema.anyOf.map(apiType).join(' | ')
  if (schema.type === 'array') return `${schema.items ? apiType(schema.items) : 'any'}[]`
  return [schema.type ?? 'any'].flat().join(' | ')
}

/** A schema's fields, those of objects within it behind their names. */
export function apiFields({ properties = {}, required = [] }: ApiSchema, prefix = ''): ApiField[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const inner = schema.items ?? schema
    const path = `${prefix}${name}${schema.items ? '[]' : ''}`
    const field = {
      name: prefix + name,
      type: apiType(schema),
      isRequired: required.includes(name),
      text: schema.description ?? '',
    }
    return inner.properties ? [field, ...apiFields(inner, `${path}.`)] : [field]
  })
}

/** The description of the API as the server gives it; open to everybody, as the server's is. */
export function useApiReference() {
  const { data, error, status, refresh } = useAsyncData(
    'api-reference',
    async (_, { signal }) => {
      const response = await fetch('/api/openapi.json', { signal })
      if (!response.ok) throw new Error(String(response.status))
      return (await response.json()) as ApiDocument
    },
    { lazy: true },
  )
  const load = reactive({
    data,
    error,
    isBusy: computed(() => status.value === 'pending'),
    refresh: () => refresh(),
  }) as Load<ApiDocument>
  const responseOf = (response: ApiResponse): ApiResponse =>
    response.$ref ? load.data!.components.responses[nameOf(response.$ref)]! : response
  return { load, responseOf }
}
