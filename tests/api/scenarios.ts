import { describe, expect, it } from 'vitest'
import { PERMISSION_BITS, type Permission } from '#shared/permissions'
import { failed, type App, type Fields, type Shop } from './server.ts'

/**
 * `nobody` sends no token, a `stranger` a wrong one, `goBox` the local token, a number is a session of that access
 * level.
 */
type Caller = 'nobody' | 'stranger' | 'goBox' | 'owner' | number

export interface Scenario {
  /** What the app does, as a sentence without its subject. */
  says: string
  /** Default: the owner, who has every permission. */
  who?: Caller
  /** Method and path; `{name}` stands for a value of the world. */
  request: string
  body?: unknown
  status: number
  /** Matched as a whole for a failure, and as a part for a success. */
  answer?: Fields
  /** Steps of the upstreams that must have been called; by default none by a refused request. */
  calls?: string[]
}

/** What the rows of a table find: an account set, a neighbour's, and the ids that paths name. */
export interface World {
  app: App
  shop: Shop
  ids: Record<string, string | number>
}

const all = PERMISSION_BITS.view | PERMISSION_BITS.edit | PERMISSION_BITS.create | PERMISSION_BITS.delete
const sessions = new Map<string, Promise<{ token: string }>>()
let strangers = 0

function sessionOf({ app, shop }: World, accessLevel: number) {
  const key = `${app.url} ${shop.name} ${accessLevel}`
  const session = sessions.get(key) ?? app.logIn(shop.name, accessLevel)
  sessions.set(key, session)
  return session
}

async function credentials(world: World, who: Caller): Promise<{ token?: string; headers?: Record<string, string> }> {
  if (who === 'nobody') return {}
  // Each from an address of its own, so that wrong tokens do not add up to 429.
  if (who === 'stranger')
    return {
      token: `wrong-${++strangers}`,
      headers: { 'x-forwarded-for': `10.0.${strangers >> 8}.${strangers & 255}` },
    }
  if (who === 'goBox') return { token: world.shop.localToken }
  return who === 'owner' ? { token: world.shop.token } : await sessionOf(world, who)
}

/** One test a row. A refused request must leave the whole database, and by default the upstreams, alone. */
export function itHolds(rows: Scenario[], world: () => World) {
  it.each(rows.map((row) => [row.says, row] as const))(
    '%s',
    async (_, { who = 'owner', request, body, status, answer, calls }) => {
      const { app, ids } = world()
      const path = request.replace(/\{(\w+)\}/g, (_, name: string) =>
        String(ids[name] ?? expect.fail(`no ${name} in the world`)),
      )
      const question = { ...(await credentials(world(), who)), body }
      await app.sandbox.control.clearCalls()
      const before = app.snapshot()
      const actual = await app.ask(path, question)
      expect({ status: actual.status, body: actual.body }).toEqual({
        status,
        body: status === 200 ? expect.objectContaining(answer ?? { state: 1 }) : (answer ?? failed()),
      })
      const called = (await app.sandbox.control.calls()).map(({ step }) => step)
      if (calls) expect(called).toEqual(calls)
      if (status === 200) return
      if (!calls) expect(called).toEqual([])
      expect(app.snapshot()).toEqual(before)
    },
  )
}

/** Who is let in to a staff route: nobody without a token of a session, and of the sessions only those with the bit. */
export function itIsGuarded(request: string, permission: Permission | undefined, world: () => World, body?: unknown) {
  const bit = permission && PERMISSION_BITS[permission]
  const others = permission ? (Object.keys(PERMISSION_BITS) as Permission[]).filter((name) => name !== permission) : []
  describe('lets in', () => {
    itHolds(
      [
        { says: 'nobody without a token', who: 'nobody', request, body, status: 401, answer: failed(/登录/) },
        { says: 'nobody with a wrong token', who: 'stranger', request, body, status: 401, answer: failed(/登录/) },
        {
          says: 'nobody with the local token of goBox',
          who: 'goBox',
          request,
          body,
          status: 401,
          answer: failed(/登录/),
        },
        ...others.map((other): Scenario => ({
          says: `nobody with only the ${other} bit`,
          who: PERMISSION_BITS[other],
          request,
          body,
          status: 403,
          answer: failed(/权限/),
        })),
        ...(bit
          ? [
              {
                says: `nobody with every bit but ${permission}`,
                who: all - bit,
                request,
                body,
                status: 403,
                answer: failed(/权限/),
              },
            ]
          : []),
      ],
      world,
    )
  })
}
