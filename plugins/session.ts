import { isOpenPage } from '~/middleware/session.global'

/** Leads to the log-in when the session ends, in whichever tab, and when C8 hands another log-in over to the frame. */
export default defineNuxtPlugin(() => {
  const session = useSessionStore()
  const router = useRouter()
  const handed = useHandedLogIn()

  watch(
    () => session.current?.set_of_book,
    (now, before) => {
      // Logged out in another tab.
      if (!now && before && !session.ended) dropDrafts(before)
    },
  )
  watch(
    () => !session.current || handed.value !== undefined,
    (isNeeded) => {
      const { path, fullPath } = router.currentRoute.value
      if (!isNeeded || isOpenPage(path)) return
      session.keepPath(fullPath)
      void router.push('/login')
    },
  )
})
