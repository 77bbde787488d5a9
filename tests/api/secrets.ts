import { expect } from 'vitest'
import { engine } from './database.ts'
import type { App, Shop } from './server.ts'

/** Secrets by what they are. */
export type Secrets = Record<string, string | Iterable<string>>

/** The forms in which a secret may stand in a file or a line. */
function formsOf(secret: string): Set<string> {
  return new Set([
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
  ])
}

/** Holds that none of the secrets stands in `text`; a failure names what was found, not the secret itself. */
export function expectNoSecret(text: string | Buffer, where: string, secrets: Secrets) {
  const found = Object.entries(secrets)
    .filter(([, values]) =>
      (typeof values === 'string' ? [values] : [...values]).some((secret) =>
        [...formsOf(secret)].some((form) => text.includes(form)),
      ),
    )
    .map(([name]) => name)
  expect(found, `secrets in ${where}`).toEqual([])
}

/** Holds that no secret stands in anything that is stored. */
export function expectNoSecretOnDisk(app: App, secrets: Secrets) {
  const stored = app.stored()
  expect(stored.map(([name]) => name)).toContain(engine === 'postgres' ? 'sessions' : 'gobox.db')
  for (const [name, content] of stored) expectNoSecret(content, name, secrets)
}

/** Every secret that these account sets have, and that the app has sent to an upstream. */
export async function secretsOf(app: App, shops: Shop[]) {
  const calls = await app.sandbox.control.calls()
  const sent = {
    accessTokens: calls.map(({ body }) => (body as { access_token?: string } | undefined)?.access_token),
    c8Tokens: calls.map(({ token }) => token),
  }
  // A call of the other upstream has none.
  const distinct = (tokens: (string | undefined)[]) =>
    [...new Set(tokens)].filter((token) => token !== undefined && token !== '') as string[]
  const secrets = {
    appKeys: shops.map((shop) => shop.app_key),
    accessTokens: distinct([...app.sandbox.state.accessTokens.keys(), ...sent.accessTokens]),
    c8Tokens: distinct([...shops.map((shop) => shop.c8Token), ...sent.c8Tokens]),
    localTokens: shops.map((shop) => shop.localToken),
    sessions: shops.map((shop) => shop.token),
  }
  for (const [name, values] of Object.entries(secrets)) expect(values.length, name).toBeGreaterThanOrEqual(shops.length)
  return secrets
}
