import { defineEventHandler } from 'h3'
import { logInSchema, sessionAnswer, type Session } from '#shared/sessions'
import { formatTime } from '#shared/time'
import { signIn } from '../services/sign-in.ts'
import { parseInput } from '../http/define-api.ts'
import { describeRoute, UPSTREAM_FAULTS } from '../http/describe-route.ts'
import { guardLogIn } from '../auth/authenticate.ts'
import { keepInCookie } from '../auth/session-cookie.ts'
import { clientAddress } from '../http/client-address.ts'
import { useConfig } from '../config.ts'
import { readQuery } from '../http/request.ts'

const logIn = defineEventHandler((event) =>
  guardLogIn(event, async (c8Token) => {
    const { req: request, res: response } = event.node
    const input = parseInput(logInSchema, readQuery(event.path) ?? {})
    const session = await signIn(input, c8Token, clientAddress(request))
    keepInCookie(request, response, input.set_of_book, session.token)
    return {
      state: 1,
      token: session.token,
      access_level: session.accessLevel,
      expires_at: formatTime(session.expiresAt, useConfig().zone),
      user_name: session.userName,
      name: session.name,
      time_zone: useConfig().zone,
    } satisfies Session & { state: 1 }
  }),
)

export default describeRoute(
  {
    none: {
      summary: 'Logs in with a C8 token, and makes the account set at its first log-in',
      token: 'c8',
      input: logInSchema,
      answer: sessionAnswer,
      errors: [
        '403 c8_origin_not_allowed',
        '403 c8_denies_log_in',
        '403 c8_permission_missing',
        '403 set_of_book_hidden',
        '403 set_of_book_of_other_c8',
        '429 too_many_failed_log_ins',
        ...UPSTREAM_FAULTS,
      ],
    },
  },
  logIn,
)
