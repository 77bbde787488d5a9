import type { Sandbox } from '../sandbox/server.ts'

/** An account set of the running app, logged in to through the sandbox's C8. */
export interface Shop {
  id: number
  token: string
  localToken: string
}

type Answer = Record<string, unknown> & { root: { id: number }[] }

/** One request to the app with a session's token. Throws on any failure. */
export async function ask(url: string, token: string, body?: object, method = 'POST'): Promise<Answer> {
  const response = await fetch(
    url,
    body
      ? { method, headers: { token, 'content-type': 'application/json' }, body: JSON.stringify(body) }
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

/** Configures cabinet 1 with the first of each of C8's lists. */
export async function configure(appUrl: string, { state }: Sandbox, token: string): Promise<void> {
  const first = (list: 'stores' | 'banks' | 'members' | 'employees') =>
    state.lists[list].find(({ set_of_book: owner }) => owner === undefined || owner === 'A001')!.id
  await ask(`${appUrl}/api/devices`, token, {
    name: '一号柜',
    dev_id: 1,
    store_id: first('stores'),
    bank_id: first('banks'),
    member_id: first('members'),
    employee_id: first('employees'),
    bill_type: 1,
  })
}
