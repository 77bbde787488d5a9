import { isPermitted, type Permission } from '#shared/permissions'
import type { LogIn, Session } from '#shared/sessions'

/** A signed-in account set, or one whose session has ended: then the rest fills the log-in form. */
export interface Account {
  url: string
  set_of_book: string
  /** What people call it. */
  name?: string | null
  user_name: string
  access_level: number
  time_zone: string
  /** When it was logged in, in Unix milliseconds; `null` when the session has ended. */
  since: number | null
  /** In a frame, where the browser's cookie is not sent. */
  token?: string
}

interface Return {
  path: string
  set_of_book: string | null
}

const isFramed = window.parent !== window

/**
 * The browser's sessions, one an account set. Their tokens are cookies that no script can read; the tabs share the
 * rest, so that a log-in or its end is seen by all of them. In a frame the session lasts as long as the frame.
 */
export const useSessionStore = defineStore('session', () => {
  const accounts = (isFramed ? useSessionStorage : useLocalStorage)<Account[]>('gobox.accounts', [])
  const last = useLocalStorage('gobox.account', '')
  // Each tab may be in another account set.
  const chosen = useSessionStorage('gobox.account', last.value)
  const returnTo = useSessionStorage<Return | null>('gobox.return', null, {
    serializer: { read: JSON.parse, write: JSON.stringify },
  })

  const isChosen = ({ set_of_book }: Account) => set_of_book === chosen.value
  const current = computed(() => accounts.value.find((account) => isChosen(account) && account.since !== null))
  const others = computed(() => accounts.value.filter((account) => account !== current.value))
  const ended = computed(() => accounts.value.find((account) => isChosen(account) && account.since === null))

  function add({ url, set_of_book }: LogIn, { token, access_level, user_name, name, time_zone }: Session) {
    const account: Account = { url, set_of_book, name, access_level, user_name, time_zone, since: Date.now() }
    if (isFramed) account.token = token
    accounts.value = [...accounts.value.filter((one) => one.set_of_book !== set_of_book), account]
    choose(set_of_book)
  }

  function remove(setOfBook: string) {
    accounts.value = accounts.value.filter(({ set_of_book }) => set_of_book !== setOfBook)
    if (chosen.value === setOfBook) choose(accounts.value.find(({ since }) => since !== null)?.set_of_book ?? '')
  }

  /** The current account set has another name. */
  function rename(name: string | null) {
    if (current.value) current.value.name = name
  }

  /** The server does not know this session any more; a log-in since then is another one. */
  function markEnded({ set_of_book, since }: Account) {
    const account = accounts.value.find((one) => one.set_of_book === set_of_book && one.since === since)
    if (account) account.since = null
  }

  function choose(setOfBook: string) {
    chosen.value = setOfBook
    last.value = setOfBook
  }

  /** What a request carries to speak in the name of an account set: its token, or which cookie holds it. */
  function headersOf({ token, set_of_book } = current.value ?? { set_of_book: '' }): Record<string, string> {
    return token ? { Token: token } : headersFor(set_of_book)
  }

  /** What a log-in carries so that the browser keeps the session; a frame keeps its own. */
  const headersFor = (setOfBook: string): Record<string, string> =>
    isFramed || !setOfBook ? {} : { 'X-Set-Of-Book': encodeURIComponent(setOfBook) }

  /** Keeps the page to come back to after the log-in. */
  function keepPath(path: string) {
    returnTo.value = { path, set_of_book: chosen.value || null }
  }

  /** The kept page, once; another account set's page is of no use to this one. */
  function takePath(): string | undefined {
    const kept = returnTo.value
    returnTo.value = null
    return kept && (kept.set_of_book ?? chosen.value) === chosen.value ? kept.path : undefined
  }

  /** The shop's zone. Between a session's end and the log-in page a page may still ask for it. */
  const zone = computed(() => current.value?.time_zone ?? 'Asia/Shanghai')
  const can = (permission: Permission) => isPermitted(current.value?.access_level ?? 0, permission)

  return {
    current,
    others,
    ended,
    add,
    remove,
    rename,
    markEnded,
    choose,
    headersOf,
    headersFor,
    keepPath,
    takePath,
    zone,
    can,
  }
})
