import type { Session } from '#shared/sessions'

/** What a call failed with; `status` is 0 where the server was not reached. The message is for the person at the screen. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
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

interface Envelope {
  state: 0 | 1
  errmsg?: string
}

/** Every list of the server. */
export interface Page<Row> {
  total: number
  root: Row[]
}

/**
 * Calls of the server in the name of the current account set: answers the envelope's fields or throws ApiError. A session that has
 * ended leads to the log-in, from where the way leads back.
 */
export function useApi() {
  const session = useSessionStore()
  const connection = useConnectionStore()
  const {
    $i18n: { t },
  } = useNuxtApp()
  const router = useRouter()

  /** Where every failure is answered 200 for the sake of old front ends, a header tells its status. */
  const statusOf = ({ status, headers }: Response) => Number(headers.get('x-status') ?? status)

  async function send(path: string, { method = 'GET', query, body, signal }: ApiOptions, token: string) {
    try {
      return await $fetch.raw(path, {
        method,
        query,
        body,
        signal,
        headers: token ? { Token: token } : {},
        retry: 0,
        ignoreResponseError: true,
        responseType: 'blob',
      })
    } catch (error) {
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

  async function call(path: string, options: ApiOptions) {
    const token = options.token ?? session.current?.token ?? ''
    const response = await send(path, options, token)
    connection.found()
    const { headers } = response
    const status = statusOf(response)
    const file = response._data as Blob
    if (!headers.get('content-type')?.includes('json')) return { status, headers, file }
    const answer = (await new Response(file).json().catch(() => undefined)) as Envelope | undefined
    if (answer?.state === 1) return { status, headers, file, answer }
    if (status === 401 && options.token === undefined) leave(token)
    throw new ApiError(answer?.errmsg ?? t('error.unreadable', { status }), status)
  }

  async function api<Fields = object>(path: string, options: ApiOptions = {}): Promise<Fields> {
    const { status, answer } = await call(path, options)
    if (!answer) throw new ApiError(t('error.unreadable', { status }), status)
    return answer as Fields
  }

  /** A call that answers a file, with the name that the server gives it. */
  api.file = async (path: string, options: ApiOptions) => {
    const { status, headers, file } = await call(path, options)
    if (status !== 200) throw new ApiError(t('error.unreadable', { status }), status)
    const encoded = /filename\*=UTF-8''([^;]+)/.exec(headers.get('content-disposition') ?? '')?.[1]
    return { file, name: encoded && decodeURIComponent(encoded) }
  }

  return api
}

/** What went wrong, as a sentence to show. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Logs in at the server with C8's token and makes the account set the current one. */
export function useLogIn() {
  const api = useApi()
  const session = useSessionStore()
  return async function logIn({
    token,
    ...login
  }: {
    url: string
    set_of_book: string
    user_name?: string
    token: string
  }) {
    session.add(login, await api<Session>('/api/access_token', { query: login, token }))
  }
}
