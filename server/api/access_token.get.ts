import { defineEventHandler } from 'h3'
import { logInSchema, type Session } from '#shared/sessions'
import { formatTime } from '#shared/time'
import { signIn } from '../services/sign-in'
import { parseInput } from '../utils/api'
import { guardLogIn } from '../utils/authenticate'
import { clientAddress } from '../utils/client-address'
import { useConfig } from '../utils/config'
import { readQuery } from '../utils/request'

export default defineEventHandler(event => guardLogIn(event, async (c8Token) => {
  const session = await signIn(parseInput(logInSchema, readQuery(event.path)), c8Token, clientAddress(event.node.req))
  return {
    state: 1,
    token: session.token,
    access_level: session.accessLevel,
    expires_at: formatTime(session.expiresAt, useConfig().zone),
    user_name: session.userName,
    time_zone: useConfig().zone,
  } satisfies Session & { state: 1 }
}))
