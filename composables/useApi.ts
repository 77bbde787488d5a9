import type { Session } from '#shared/sessions'

/** What a call failed with; `status` is 0 where the server was not reached. The message is for the person at the screen. */
export class ApiError extends Error {
  constructor(message: string, readonly status: number) {
    super(message)
  }
}

export interface ApiOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  query?: Record<string, string | number | undefined>
  body?: object
  signal?: AbortSignal
  /** Another token than the session's: C8's, to log in with. */
  token?: string
}

type Envelope<Fields> = Fields & { state: 0 | 1, errmsg?: string }

/** Every list of the server. */
export interface Page<Row> { total: number, root: Row[] }

/**
 * Calls of the server in the name of the current account set: answers the envelope's fields or throws ApiError. A session that has
 * ended leads to the log-in, from where the way leads back.
 */
export function useApi() {
  const session = useSessionStore()
  const connection = useConnectionStore()
  const { $i18n: { t } } = useNuxtApp()
  const router = useRouter()

  async function send<Fields>(path: string, { method = 'GET', query, body, signal }: ApiOptions, token: string) {
    try {
      const { status, _data } = await $fetch.raw(path, {
        method, query, body, signal, headers: token ? { Token: token } : {}, retry: 0, ignoreResponseError: true,
      })
      return { status, answer: _data as Envelope<Fields> | undefined }
    }
    catch (error) {
      if (signal?.aborted) throw error
      connection.lost()
      throw new ApiError(t('error.unreachable'), 0)
    }
  }

  function leave(token: string) {
    if (!session.markEnded(token)) return
    const { path, fullPath } = router.currentRoute.value
    if (path === '/login') return
    session.keepPath(fullPath)
    void navigateTo('/login')
  }

  return async function api<Fields = object>(path: string, options: ApiOptions = {}): Promise<Fields> {
    const token = options.token ?? session.current?.token ?? ''
    const { status, answer } = await send<Fields>(path, options, token)
    connection.found()
    if (answer?.state === 1) return answer
    if (status === 401 && options.token === undefined) leave(token)
    throw new ApiError(answer?.errmsg ?? t('error.unreadable', { status }), status)
  }
}

/** What went wrong, as a sentence to show. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Logs in at the server with C8's token and makes the account set the current one. */
export function useLogIn() {
  const api = useApi()
  const session = useSessionStore()
  return async function logIn({ token, ...login }: { url: string, set_of_book: string, user_name?: string, token: string }) {
    session.add(login, await api<Session>('/api/access_token', { query: login, token }))
  }
}
