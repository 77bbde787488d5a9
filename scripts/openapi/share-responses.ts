import { STATUS_CODES } from 'node:http'

type Responses = Record<string, object>
interface Document {
  paths?: Record<string, Record<string, { responses?: Responses }>>
  components?: { responses?: Responses }
}

const METHODS = ['get', 'post', 'put', 'delete']

/** Writes a failing answer that several routes have once, and refers to it. */
export function shareResponses<Given extends object>(given: Given): Given {
  const document = given as Document
  const all = Object.values(document.paths!)
    .flatMap((item) => METHODS.flatMap((method) => (item[method]?.responses ? [item[method].responses] : [])))
    .flatMap((responses) => Object.entries(responses).map(([status, response]) => ({ responses, status, response })))
    .filter(({ status }) => status !== '200')
  const groups = Map.groupBy(all, ({ status, response }) => status + JSON.stringify(response))
  const shared: Responses = {}
  for (const group of groups.values()) {
    if (group.length < 2) continue
    const { status, response } = group[0]!
    const name = STATUS_CODES[status]!.replaceAll(/\W/g, '')
    const number = Object.keys(shared).filter((key) => key.replace(/\d+$/, '') === name).length
    const key = number === 0 ? name : `${name}${number + 1}`
    shared[key] = response
    for (const { responses } of group) responses[status] = { $ref: `#/components/responses/${key}` }
  }
  document.components!.responses = shared
  return given
}
