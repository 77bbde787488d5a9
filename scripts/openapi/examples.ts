export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  examples?: unknown[]
  const?: unknown
  enum?: unknown[]
  default?: unknown
  minimum?: number
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
}

/** Finds what a reference names in a document. */
export function resolve(document: object, reference: string): unknown {
  const path = reference.replace('#/', '').split('/')
  return path.reduce((found, name) => (found as Record<string, unknown>)[name], document as unknown)
}

const isNull = ({ type }: JsonSchema) => type === 'null'

/**
 * An example of what fits a schema, put together from the examples of its fields. Throws for a text without one, and
 * says where.
 */
export function exampleOf(document: object, schema: JsonSchema, where: string): unknown {
  if (schema.examples) return schema.examples[0]
  if (schema.$ref) return exampleOf(document, resolve(document, schema.$ref) as JsonSchema, where)
  if ('const' in schema) return schema.const
  if (schema.enum) return schema.enum[0]
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return exampleOf(document, choices.find((choice) => !isNull(choice)) ?? choices[0]!, where)
  const type = [schema.type].flat().find((type) => type !== 'null')
  if (type === 'object')
    return Object.fromEntries(
      Object.entries(schema.properties ?? {})
        // What is there only in rare cases, such as `truncated`.
        .filter(([name, field]) => !('const' in field) || schema.required?.includes(name))
        .map(([name, field]) => [name, exampleOf(document, field, `${where}.${name}`)]),
    )
  if (type === 'array') return schema.items ? [exampleOf(document, schema.items, `${where}[]`)] : []
  if (type === 'boolean') return true
  if (type === 'integer' || type === 'number') return Math.max(schema.minimum ?? 1, 1)
  throw new Error(`${where} has no example: give its field one with .meta({ examples: [...] })`)
}
