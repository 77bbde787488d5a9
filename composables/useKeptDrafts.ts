const PREFIX = 'gobox.draft'

/** What kept forms of this page, account set and user are called in the tab's storage. */
export function useDraftPrefix() {
  const { current } = useSessionStore()
  const { path } = useRouter().currentRoute.value
  return `${PREFIX}${JSON.stringify([current?.set_of_book, current?.user_name, path])}`
}

/** The forms of this page that were being filled in, by what follows `start` in their names. */
export function useKeptDrafts(start: string): string[] {
  const prefix = useDraftPrefix() + start
  return Object.keys(sessionStorage)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
}

/** Forgets all that this account set's forms keep in the tab: whoever logs out wants nothing left. */
export function dropDrafts(setOfBook: string) {
  const start = `${PREFIX}${JSON.stringify([setOfBook]).slice(0, -1)},`
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(start)) sessionStorage.removeItem(key)
}
