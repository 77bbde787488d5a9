import type { SetOfBook } from '#shared/set-of-books'

type Replaced = SetOfBook & { old_token_good_until: string | null }

/** The account set's own settings, and what changes them. */
export function useSetOfBook() {
  const api = useApi()
  const session = useSessionStore()
  const load = useLoad<SetOfBook>('set-of-book', '/api/set_of_books')
  watch(
    () => load.data?.name,
    (name) => name !== undefined && session.rename(name),
    { immediate: true },
  )
  async function put(body: object) {
    load.data = await api<SetOfBook>(`/api/set_of_books/${load.data!.id}`, { method: 'PUT', body })
  }

  return {
    load,
    /** Has goBox check the credentials, which are stored only if it takes them. */
    saveCredentials: (credentials: { user_name: string; app_key: string }) => put(credentials),
    saveName: (name: string | null) => put({ name }),
    /** Makes a new local token; the old one stays good for so many hours. */
    async replaceToken(overlapHours: number) {
      const { old_token_good_until, ...set } = await api<Replaced>(`/api/set_of_books/${load.data!.id}/token`, {
        method: 'POST',
        body: { overlap_hours: overlapHours },
      })
      load.data = set
      return old_token_good_until
    },
  }
}
