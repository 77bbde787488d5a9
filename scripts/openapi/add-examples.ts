import { exampleOf, type JsonSchema } from './examples.ts'

interface Media {
  schema: JsonSchema
  example?: unknown
}
interface Operation {
  operationId: string
  parameters?: (Media & { name: string })[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { content: Record<string, Media> }>
}

const METHODS = ['get', 'post', 'put', 'delete'] as const

function addExample(document: object, media: Media, where: string) {
  // A text in a query may be anything that its limits allow.
  media.example ??= exampleOf(document, media.schema, where)
}

/** Gives every parameter, body and answer an example, put together from those of its fields. */
export function addExamples<Document extends { paths?: object }>(document: Document): Document {
  const paths = document.paths as Record<string, Partial<Record<(typeof METHODS)[number], Operation>>>
  for (const item of Object.values(paths))
    for (const method of METHODS) {
      const operation = item[method]
      if (!operation) continue
      const { operationId, parameters = [], requestBody, responses } = operation
      for (const parameter of parameters) addExample(document, parameter, `${operationId}?${parameter.name}`)
      for (const content of [requestBody?.content, ...Object.values(responses).map((response) => response.content)])
        for (const media of Object.values(content ?? {})) addExample(document, media, operationId)
    }
  return document
}
