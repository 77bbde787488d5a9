import type { ErrorCode } from '#shared/error-codes'
import { TooMany } from '../errors.ts'

/** What is dear has a number of places: for one session, and in all, as one person can have many sessions. */
interface Kind {
  perSession: number
  inAll: number
  code: ErrorCode
  errmsg: string
  /** Seconds after which a place may be free again. */
  wait: number
}

const KINDS = {
  /** A connection each, for as long as the page is open; under the 2,000 that there may be. */
  stream: {
    perSession: 4,
    inAll: 500,
    code: 'too_many_streams',
    errmsg: '同时查看的进度太多，请关掉一些页面再试',
    wait: 5,
  },
  /** Some MiB of memory each while it is written. */
  export: {
    perSession: 2,
    inAll: 16,
    code: 'too_many_exports',
    errmsg: '同时导出的文件太多，请等前面的导出完成再试',
    wait: 5,
  },
  /** Each reads through all orders. */
  search: {
    perSession: 4,
    inAll: 64,
    code: 'too_many_searches',
    errmsg: '同时进行的搜索太多，请等前面的搜索完成再试',
    wait: 1,
  },
  request: {
    perSession: 200,
    inAll: Infinity,
    code: 'too_many_requests',
    errmsg: '同时进行的请求太多，请稍等再试',
    wait: 1,
  },
} satisfies Record<string, Kind>

export type PlaceKind = keyof typeof KINDS

const taken = new Map<string, number>()

function change(key: string, by: 1 | -1) {
  const count = (taken.get(key) ?? 0) + by
  if (count > 0) taken.set(key, count)
  else taken.delete(key)
}

/** Takes a place of a kind for a session; returns how to leave it. Throws TooMany when there is none. */
export function takePlace(kind: PlaceKind, sessionId: number): () => void {
  const { perSession, inAll, code, errmsg, wait }: Kind = KINDS[kind]
  const own = `${kind} ${sessionId}`
  if ((taken.get(own) ?? 0) >= perSession || (taken.get(kind) ?? 0) >= inAll)
    throw new TooMany(errmsg, wait, { code, params: { limit: perSession, seconds: wait } })
  for (const key of [own, kind]) change(key, 1)
  let isLeft = false
  return () => {
    if (isLeft) return
    isLeft = true
    for (const key of [own, kind]) change(key, -1)
  }
}
