import type { Sandbox } from '../sandbox/server.ts'

/** An account set of the running app, logged in to through the sandbox's C8. */
export interface Shop {
  id: number
  token: string
  localToken: string
}

type Answer = Record<string, unknown> & { root: { id: number }[] }

/** One request to the app with a session's token. Throws on any failure. */
export async function ask(url: string, token: string, body?: object): Promise<Answer> {
  const response = await fetch(
    url,
    body
      ? { method: 'POST', headers: { token, 'content-type': 'application/json' }, body: JSON.stringify(body) }
      : { headers: { token } },
  )
  const answer = (await response.json()) as Answer
  if (!response.ok) throw new Error(`${url}: ${String(answer.errmsg)}`)
  return answer
}

/** Logs in to account set A001. */
export async function logIn(appUrl: string, { c8Url }: Sandbox): Promise<Shop> {
  const query = new URLSearchParams({ url: c8Url, set_of_book: 'A001', user_name: 'bench' })
  const { token } = await ask(`${appUrl}/api/access_token?${query}`, 'c8-token-A001')
  const set = await ask(`${appUrl}/api/set_of_books`, token as string)
  return { id: set.id as number, token: token as string, localToken: set.token as string }
}
