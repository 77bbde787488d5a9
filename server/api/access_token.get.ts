import { defineEventHandler } from 'h3'
import { logInSchema, type Session } from '#shared/sessions'
import { formatTime } from '#shared/time'
import { signIn } from '../services/sign-in.ts'
import { parseInput } from '../utils/api.ts'
import { guardLogIn } from '../utils/authenticate.ts'
import { clientAddress } from '../utils/client-address.ts'
import { useConfig } from '../utils/config.ts'
import { readQuery } from '../utils/request.ts'

export default defineEventHandler((event) =>
  guardLogIn(event, async (c8Token) => {
    const session = await signIn(
      parseInput(logInSchema, readQuery(event.path) ?? {}),
      c8Token,
      clientAddress(event.node.req),
    )
    return {
      state: 1,
      token: session.token,
      access_level: session.accessLevel,
      expires_at: formatTime(session.expiresAt, useConfig().zone),
      user_name: session.userName,
      time_zone: useConfig().zone,
    } satisfies Session & { state: 1 }
  }),
)
