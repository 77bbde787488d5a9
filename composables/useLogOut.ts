/**
 * Goes to another account set's page by loading the app anew: nothing of the one shop may stay on the other's pages.
 */
export async function enterAnew(path: string) {
  // The choice is stored with the next tick.
  await nextTick()
  await navigateTo(path, { external: true })
}

/** Ends the current account set's session, here and at the server. */
export function useLogOut() {
  const api = useApi()
  const session = useSessionStore()
  return async function logOut() {
    const setOfBook = session.current?.set_of_book
    await useDeletionsStore().carryOutAll()
    // Leaving must also work where the server cannot be reached or has ended the session itself.
    await api('/api/access_token', { method: 'DELETE' }).catch(() => undefined)
    if (setOfBook !== undefined) {
      session.remove(setOfBook)
      dropDrafts(setOfBook)
    }
    // What watches the session has kept the way back by then.
    await nextTick()
    session.takePath()
    await enterAnew(session.current ? '/' : '/login')
  }
}
