import { c8ListQuerySchema, type C8List } from '#shared/devices'
import { listC8 } from '../connectors/c8.ts'
import { defineApi } from './api.ts'

/** A route that shows one of C8's lists, for the device form. */
export function defineC8List(list: C8List) {
  return defineApi({
    permission: 'view',
    input: c8ListQuerySchema,
    run: ({ input, session }) => listC8(session, list, input),
  })
}
