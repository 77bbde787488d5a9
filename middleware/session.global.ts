/** Pages that need no session. */
export const isOpenPage = (path: string) => path === '/login' || path === '/api-reference'

export default defineNuxtRouteMiddleware((to) => {
  if (isOpenPage(to.path)) return
  const session = useSessionStore()
  if (session.current && !useHandedLogIn().value) return
  session.keepPath(to.fullPath)
  return navigateTo('/login')
})
