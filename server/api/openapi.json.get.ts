/// <reference path="../http/openapi.d.ts" />
import { defineEventHandler, setResponseHeader } from 'h3'
import { describeRoute } from '../http/describe-route.ts'
import { readQuery } from '../http/request.ts'

/** The description of the API, which the build made of the routes (docs/openapi.json is the same text). */
const describeApi = defineEventHandler(async (event) => {
  readQuery(event.path)
  const { default: openapi } = await import('#openapi')
  setResponseHeader(event, 'content-type', 'application/json; charset=utf-8')
  return openapi
})

export default describeRoute(
  { none: { summary: 'Describes this API as OpenAPI 3.1', token: 'none', isBare: true } },
  describeApi,
)
