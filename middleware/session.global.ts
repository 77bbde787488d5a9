export default defineNuxtRouteMiddleware((to) => {
  if (to.path === '/login') return
  const session = useSessionStore()
  if (session.current) return
  session.keepPath(to.fullPath)
  return navigateTo('/login')
})
