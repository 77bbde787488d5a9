import { isPermitted, type Permission } from '#shared/permissions'
import type { LogIn, Session } from '#shared/sessions'

/** A signed-in account set, or one whose session has ended: then `token` is null and the rest fills the log-in form. */
export interface Account {
  url: string
  set_of_book: string
  user_name: string
  access_level: number
  time_zone: string
  token: string | null
}

interface Return {
  path: string
  set_of_book: string | null
}

/** The browser tab's sessions, one an account set; they survive a reload and end with the tab. */
export const useSessionStore = defineStore('session', () => {
  const accounts = useSessionStorage<Account[]>('gobox.accounts', [])
  const chosen = useSessionStorage('gobox.account', '')
  const returnTo = useSessionStorage<Return | null>('gobox.return', null, {
    serializer: { read: JSON.parse, write: JSON.stringify },
  })

  const current = computed(() =>
    accounts.value.find((account) => account.set_of_book === chosen.value && account.token !== null),
  )
  const others = computed(() => accounts.value.filter((account) => account !== current.value))
  const ended = computed(() =>
    accounts.value.find((account) => account.set_of_book === chosen.value && account.token === null),
  )

  function add(login: LogIn, { token, access_level, user_name, time_zone }: Session) {
    const account: Account = {
      url: login.url,
      set_of_book: login.set_of_book,
      token,
      access_level,
      user_name,
      time_zone,
    }
    accounts.value = [...accounts.value.filter(({ set_of_book }) => set_of_book !== account.set_of_book), account]
    chosen.value = account.set_of_book
  }

  function remove(setOfBook: string) {
    accounts.value = accounts.value.filter(({ set_of_book }) => set_of_book !== setOfBook)
    if (chosen.value === setOfBook) chosen.value = accounts.value.find(({ token }) => token !== null)?.set_of_book ?? ''
  }

  /** The server does not know this token any more; says whether it was the current account set's. */
  function markEnded(token: string): boolean {
    const account = accounts.value.find((one) => one.token === token)
    if (account) account.token = null
    return account?.set_of_book === chosen.value
  }

  function choose(setOfBook: string) {
    chosen.value = setOfBook
  }

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

  return { current, others, ended, add, remove, markEnded, choose, keepPath, takePath, zone, can }
})
