import { c8ListAnswer, c8ListQuerySchema, type C8List } from '#shared/devices'
import { listC8 } from '../connectors/c8.ts'
import { defineApi } from './define-api.ts'
import { C8_FAILURES } from './describe-route.ts'

/** A route that shows one of C8's lists, for the device form. */
export function defineC8List(list: C8List) {
  return defineApi({
    summary: `Lists C8's ${list}, for the form of a cabinet`,
    permission: 'view',
    input: c8ListQuerySchema,
    answer: c8ListAnswer,
    errors: C8_FAILURES,
    run: ({ input, session, client }) => listC8(session, list, input, client),
  })
}
