import { parseAnswer } from '#shared/answer'
import type { ErrorParams } from '#shared/error-codes'
import type { Session } from '#shared/sessions'

/**
 * What a call failed with; `status` is 0 where the server was not reached. The message is for the person at the screen.
 */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** The server's code for it, and what that names. */
    readonly code?: string,
    readonly params?: ErrorParams,
  ) {
    super(message)
  }
}

export interface ApiOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  query?: Record<string, string | number | undefined>
  body?: object
  signal?: AbortSignal
  /** In place of the session's: C8's token, to log in with. */
  headers?: Record<string, string>
}

interface Envelope {
  state: 0 | 1
  errmsg?: string
  code?: string
  params?: ErrorParams
}

/** Every list of the server. */
export interface Page<Row> {
  total: number
  root: Row[]
}

const isPage = (answer: object): answer is Page<object> =>
  'root' in answer && Array.isArray(answer.root) && 'total' in answer && typeof answer.total === 'number'

/** Parts of a page at most; the rows of the largest orders come some dozens at a time. */
const MAX_PARTS = 50

/** The server cuts a page where the answer would grow too large: the rest of its rows is behind those received. */
async function completePage(
  page: Page<object>,
  path: string,
  options: ApiOptions,
  ask: (path: string, options: ApiOptions) => Promise<object>,
): Promise<Page<object>> {
  const { start = 0, limit } = options.query ?? {}
  if (options.method || typeof limit !== 'number') return page
  const first = Number(start)
  const wanted = Math.min(limit, page.total - first)
  let root = page.root
  for (let part = 1; root.length < wanted && part < MAX_PARTS; part++) {
    const query = { ...options.query, start: first + root.length, limit: limit - root.length }
    const next = await ask(path, { ...options, query })
    if (!isPage(next) || next.root.length === 0) break
    root = [...root, ...next.root]
  }
  return { ...page, root }
}

/**
 * Calls of the server in the name of the current account set: answers the envelope's fields or throws ApiError. A
 * session that has ended leads to the log-in, from where the way leads back.
 */
export function useApi() {
  const session = useSessionStore()
  const connection = useConnectionStore()
  const {
    $i18n: { t },
  } = useNuxtApp()
  const reasonOf = useReason()

  /** Where every failure is answered 200 for the sake of old front ends, a header tells its status. */
  const statusOf = ({ status, headers }: Response) => Number(headers.get('x-status') ?? status)

  async function send(path: string, { method = 'GET', query, body, signal, headers }: ApiOptions) {
    try {
      return await $fetch.raw(path, {
        method,
        query,
        body,
        signal,
        headers,
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

  async function call(path: string, options: ApiOptions) {
    const account = session.current
    const response = await send(path, { ...options, headers: options.headers ?? session.headersOf(account) })
    connection.found()
    const { headers } = response
    const status = statusOf(response)
    const file = response._data as Blob
    if (!headers.get('content-type')?.includes('json')) return { status, headers, file }
    const answer = (await file
      .text()
      .then(parseAnswer)
      .catch(() => undefined)) as Envelope | undefined
    if (answer?.state === 1) return { status, headers, file, answer }
    if (status === 401 && !options.headers && account) session.markEnded(account)
    const { errmsg: message, code, params } = answer ?? {}
    if (message === undefined) throw new ApiError(t('error.unreadable', { status }), status)
    throw new ApiError(reasonOf({ message, code, params }), status, code, params)
  }

  async function ask(path: string, options: ApiOptions): Promise<object> {
    const { status, answer } = await call(path, options)
    if (!answer) throw new ApiError(t('error.unreadable', { status }), status)
    return answer
  }

  async function api<Fields = object>(path: string, options: ApiOptions = {}): Promise<Fields> {
    const answer = await ask(path, options)
    return (isPage(answer) ? await completePage(answer, path, options, ask) : answer) as Fields
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
    const headers = { Token: token, ...session.headersFor(login.set_of_book) }
    session.add(login, await api<Session>('/api/access_token', { query: login, headers }))
  }
}
